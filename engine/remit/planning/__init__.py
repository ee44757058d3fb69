"""Planning: who does what, what a superior document asks for, what a reorganisation moves, what a year will bring."""
