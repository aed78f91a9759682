"""A sweep from its request to its end.

- `sweep`: the whole story, from top to bottom; begin here
- `trainer`: what a sweep uses: spec, servers, settings, progress
- `trial_runner`: tries what is due, in worker processes, until every trial is finished
- `shard`: one of several pods that share the trials
- `inputs`: binds a sweep to its spec, data and ordinal, and reads them
- `overtaken`: a sweep that has read a forgotten row; another one takes its place
- `workers`, `fork_server`: the processes that cross-validate
- `fold_notes`: what they say while they work
- `exported_trial`: the best trial whose model can be served; of others, the reason why not
- `calibration`: whether the best trial is calibrated, and by which threshold it answers labels
- `finalize`: the best trial as a bundle and a logged model, and the sweep's report
- `judgement`: fetches what the gate needs, and lets it decide
- `shutdown`: ends the runs of a process that is about to end
- `progress`: a bar for a person, events otherwise
- `time_left`: how long the trials may still take
"""
