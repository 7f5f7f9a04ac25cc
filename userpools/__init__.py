"""User pools: directories of people, how they sign in, and the tokens they get."""
