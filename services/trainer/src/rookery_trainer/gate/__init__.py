"""The gate: decides whether a challenger becomes the champion. It changes nothing.

- `gate`: decides, by the rule that fits the situation
- `decision`: what is decided, by which rule, why, and on what evidence
- `rules`: the conditions that the rules are made of
- `second_gate`, `second_rules`: the same under `spec: 2`
- `performance`: what is known of challenger and champions, on which the second version decides
- `second_evaluation`: finds that out on today's rows
- `judged_rows`, `skill`: rows by which a model is judged, and what it loses less than a constant
- `rank_test`: whether answers follow the truth
- `holdout_test`: compares two files on a large hold-out
- `contenders`: challenger and champion, as the gate sees them
- `champion_evaluation`: scores and compares today's champion on today's rows
- `resampled_t_test`, `block_t_test`: compare two configurations by cross-validation, or over time
- `permutation_test`: whether a model beats shuffled labels
- `evidence`: the figures as JSON
"""
