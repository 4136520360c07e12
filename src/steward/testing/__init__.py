"""What tests of a catalogue's users need: real servers for as long as a test, clocks, builders and fakes."""
