"""The pages that people read and answer on: plain HTML and forms, so that they work on any phone."""
