"""The place that scripts import `RayvisionCheck` from."""
