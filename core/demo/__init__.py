"""The whole main job on one machine, to look at: `sample` makes a project, `run` shows it."""
