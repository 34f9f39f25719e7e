"""What adds each block of the wider world to generated scenarios, and tests of the blocks."""
