"""The points at which a pool asks functions of its operator, and what their answers may change.

A function here builds AWS's event, has it answered, and returns a plain value that says what the answer asks for; what
becomes of it is the flow's to do. What a function must not change cannot be expressed in that value. Which process runs
the function, and how often it is tried, is ``cognito_site.functions``' business; nothing here is called inside of a
transaction. AWS: "Customizing user pool workflows with Lambda triggers"; triggers-and-messages.md.
"""
