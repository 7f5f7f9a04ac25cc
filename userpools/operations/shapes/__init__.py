"""Objects of the domain, spelled as AWS's shapes: a module for each noun, a function for each shape.

The only place where what goes out gets its CamelCase names. Nothing is decided here and nothing is written; what an
answer must not show, the domain must not hand over. Members without a value are None and fall out when rendered.
"""
