"""The scenarios of a pack at work: played without pytest, their failures told, their lines suggested, their grip measured.

A pack's features are its specification. `features` reads them, `play` tells them to an engine by the steps of
`remit.steps`, `failure` says what arose instead, `suggest` writes the lines a person has still to confirm, and `mutate`
changes the rules as a careless hand would and looks which changes no scenario notices.
"""
