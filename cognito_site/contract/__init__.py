"""AWS's words: services, operations, shapes, limits and declared errors, as botocore ships them, and refusals' texts.

The only list of what there is; nothing that the models say is written down a second time. Pure Python: no Django, no
HTTP, nothing of ours.
"""
