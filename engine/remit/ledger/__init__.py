"""What is kept: events in, nothing ever edited."""
