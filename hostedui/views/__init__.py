"""Views of the hosted pages: a form in, a page or a redirect out.

Each asks ``userpools.domain`` and shows what it answers; none decides what follows in a sign-in, none starts a query.
"""
