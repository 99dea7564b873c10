"""The weights in use, in log-odds. Written by benchmarks/mapping_training.py; not edited by hand."""

from aeries_tui.mapping.weights import Weights

WEIGHTS = Weights(
    base=-7.435,
    words={
        "equal": 0.402,
        "alike": 0.526,
        "cut": -0.188,
        "given_added": -0.164,
        "common_added": -0.585,
        "before": -0.321,
        "after": -0.449,
        "common_changed": -0.703,
        "mixed": -0.228,
        "both_left_over": -0.460,
        "given_only": 0.259,
        "common_only": 1.912,
    },
    kinds={
        "same": 1.844,
        "unsaid": 1.297,
        "unsaid_upper": -0.524,
        "unsaid_odd": -0.560,
        "cut": 0.759,
        "cut_upper": 0.654,
        "near": 0.373,
        "differs": -1.767,
        "far": -2.077,
    },
    both={
        ("equal", "same"): 1.492,
        ("equal", "unsaid"): 0.188,
        ("equal", "unsaid_upper"): -0.500,
        ("equal", "unsaid_odd"): -0.249,
        ("equal", "cut"): 0.638,
        ("equal", "cut_upper"): 0.578,
        ("equal", "near"): 0.738,
        ("equal", "differs"): -0.793,
        ("equal", "far"): -1.689,
        ("alike", "same"): 0.186,
        ("alike", "unsaid"): 0.598,
        ("alike", "near"): 0.005,
        ("alike", "differs"): -0.255,
        ("alike", "far"): -0.009,
        ("cut", "same"): -0.118,
        ("cut", "unsaid_odd"): -0.018,
        ("cut", "cut"): 0.400,
        ("cut", "cut_upper"): -0.438,
        ("cut", "near"): -0.364,
        ("cut", "differs"): -0.011,
        ("cut", "far"): 0.360,
        ("given_added", "same"): 0.760,
        ("given_added", "unsaid"): -0.067,
        ("given_added", "unsaid_upper"): -0.161,
        ("given_added", "unsaid_odd"): -0.012,
        ("given_added", "cut_upper"): -0.111,
        ("given_added", "near"): -0.413,
        ("given_added", "differs"): -0.134,
        ("given_added", "far"): -0.027,
        ("common_added", "same"): 0.653,
        ("common_added", "unsaid"): -0.139,
        ("common_added", "unsaid_upper"): 0.275,
        ("common_added", "unsaid_odd"): -0.372,
        ("common_added", "cut"): -0.120,
        ("common_added", "cut_upper"): 0.015,
        ("common_added", "near"): -0.482,
        ("common_added", "differs"): -0.110,
        ("common_added", "far"): -0.304,
        ("before", "same"): -0.113,
        ("before", "unsaid"): -0.466,
        ("before", "unsaid_upper"): 0.367,
        ("before", "unsaid_odd"): 0.097,
        ("before", "cut"): -0.192,
        ("before", "cut_upper"): 0.019,
        ("before", "near"): -0.044,
        ("before", "differs"): 0.136,
        ("before", "far"): -0.125,
        ("after", "same"): 0.175,
        ("after", "unsaid"): 0.005,
        ("after", "unsaid_upper"): -0.891,
        ("after", "unsaid_odd"): -0.151,
        ("after", "cut"): -0.035,
        ("after", "cut_upper"): 0.402,
        ("after", "near"): 0.491,
        ("after", "differs"): -0.261,
        ("after", "far"): -0.184,
        ("common_changed", "same"): -0.373,
        ("common_changed", "unsaid"): -0.608,
        ("common_changed", "unsaid_upper"): 0.361,
        ("common_changed", "unsaid_odd"): -0.048,
        ("common_changed", "cut"): -0.020,
        ("common_changed", "cut_upper"): -0.008,
        ("common_changed", "differs"): -0.003,
        ("common_changed", "far"): -0.004,
        ("mixed", "same"): -0.903,
        ("mixed", "unsaid"): 0.392,
        ("mixed", "unsaid_upper"): 0.094,
        ("mixed", "unsaid_odd"): 0.323,
        ("mixed", "cut"): 0.122,
        ("mixed", "cut_upper"): -0.228,
        ("mixed", "near"): 0.133,
        ("mixed", "differs"): -0.102,
        ("mixed", "far"): -0.058,
        ("both_left_over", "same"): -0.297,
        ("both_left_over", "unsaid"): 0.298,
        ("both_left_over", "unsaid_upper"): -0.262,
        ("both_left_over", "unsaid_odd"): -0.012,
        ("both_left_over", "cut"): -0.401,
        ("both_left_over", "cut_upper"): 0.462,
        ("both_left_over", "near"): -0.020,
        ("both_left_over", "differs"): -0.195,
        ("both_left_over", "far"): -0.033,
        ("given_only", "same"): -0.004,
        ("given_only", "unsaid"): 0.264,
        ("given_only", "cut"): -0.001,
        ("given_only", "differs"): -0.001,
        ("common_only", "same"): 0.387,
        ("common_only", "unsaid"): 0.832,
        ("common_only", "unsaid_upper"): 0.193,
        ("common_only", "unsaid_odd"): -0.117,
        ("common_only", "cut"): 0.367,
        ("common_only", "cut_upper"): -0.037,
        ("common_only", "near"): 0.328,
        ("common_only", "differs"): -0.038,
        ("common_only", "far"): -0.004,
    },
    measures=(
        1.111,  # overlap
        1.086,  # least_covered
        1.431,  # most_covered
        1.764,  # shared_weight
        4.205,  # only_one_each
        0.363,  # only_one_on_one_side
        0.023,  # left_over_both
        1.022,  # numbers_equal
        -0.123,  # numbers_differ
        0.240,  # number_extra
        0.007,  # direction_extra
        -1.782,  # points_elsewhere
        0.180,  # named_grades_differ
        0.846,  # programs_same
        -0.629,  # program_extra
        0.741,  # initials_agree
        0.015,  # initials_differ
        1.307,  # letters
        -1.392,  # guessed_spelling
        3.755,  # same_key
        0.631,  # grades_overlap
        -1.986,  # grades_apart
        -0.760,  # kind_against_grades
    ),
    sure_base=1.024,
    sure=(
        2.129,  # alike
        -0.243,  # row_gap
        -0.272,  # column_gap
        0.188,  # free_row_gap
        0.815,  # free_column_gap
        -0.200,  # row_close
        -0.440,  # column_close
        -0.557,  # weak
        1.426,  # same_key
    ),
)
