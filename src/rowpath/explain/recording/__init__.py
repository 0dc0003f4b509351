"""What a watched request did, written down in the process that runs the project."""
