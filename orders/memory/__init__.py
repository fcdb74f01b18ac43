"""What customers told and ordered, as evidence that is theirs: kept, corrected, allowed, forgotten, erased."""
