"""Objects of the domain, spelled as AWS's shapes: a module for each noun, a function for each shape.

The only place where what goes out gets its CamelCase names. Nothing is decided here and nothing is written.
"""
