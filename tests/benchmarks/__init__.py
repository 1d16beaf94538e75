"""What the engine costs, as ratios against yardsticks taken in the same run; run by `fundcase bench`."""
