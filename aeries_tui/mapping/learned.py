"""The weights in use, in log-odds. Written by benchmarks/mapping_training.py; not edited by hand."""

from aeries_tui.mapping.weights import Weights

WEIGHTS = Weights(
    base=-7.405,
    words={
        "equal": 0.415,
        "alike": 0.505,
        "cut": -0.187,
        "given_added": -0.147,
        "common_added": -0.590,
        "before": -0.357,
        "after": -0.448,
        "common_changed": -0.690,
        "mixed": -0.230,
        "both_left_over": -0.441,
        "given_only": 0.253,
        "common_only": 1.917,
    },
    kinds={
        "same": 1.833,
        "unsaid": 1.297,
        "unsaid_upper": -0.515,
        "unsaid_odd": -0.554,
        "cut": 0.789,
        "cut_upper": 0.652,
        "near": 0.368,
        "differs": -1.773,
        "far": -2.097,
    },
    both={
        ("equal", "same"): 1.488,
        ("equal", "unsaid"): 0.172,
        ("equal", "unsaid_upper"): -0.491,
        ("equal", "unsaid_odd"): -0.254,
        ("equal", "cut"): 0.704,
        ("equal", "cut_upper"): 0.562,
        ("equal", "near"): 0.724,
        ("equal", "differs"): -0.800,
        ("equal", "far"): -1.689,
        ("alike", "same"): 0.183,
        ("alike", "unsaid"): 0.582,
        ("alike", "near"): 0.005,
        ("alike", "differs"): -0.256,
        ("alike", "far"): -0.009,
        ("cut", "same"): -0.118,
        ("cut", "unsaid_odd"): -0.018,
        ("cut", "cut"): 0.386,
        ("cut", "cut_upper"): -0.422,
        ("cut", "near"): -0.363,
        ("cut", "differs"): -0.010,
        ("cut", "far"): 0.359,
        ("given_added", "same"): 0.778,
        ("given_added", "unsaid"): -0.055,
        ("given_added", "unsaid_upper"): -0.164,
        ("given_added", "unsaid_odd"): -0.013,
        ("given_added", "cut_upper"): -0.112,
        ("given_added", "near"): -0.413,
        ("given_added", "differs"): -0.141,
        ("given_added", "far"): -0.027,
        ("common_added", "same"): 0.659,
        ("common_added", "unsaid"): -0.137,
        ("common_added", "unsaid_upper"): 0.270,
        ("common_added", "unsaid_odd"): -0.374,
        ("common_added", "cut"): -0.132,
        ("common_added", "cut_upper"): 0.015,
        ("common_added", "near"): -0.480,
        ("common_added", "differs"): -0.110,
        ("common_added", "far"): -0.301,
        ("before", "same"): -0.163,
        ("before", "unsaid"): -0.460,
        ("before", "unsaid_upper"): 0.373,
        ("before", "unsaid_odd"): 0.104,
        ("before", "cut"): -0.191,
        ("before", "cut_upper"): 0.024,
        ("before", "near"): -0.042,
        ("before", "differs"): 0.144,
        ("before", "far"): -0.146,
        ("after", "same"): 0.173,
        ("after", "unsaid"): 0.005,
        ("after", "unsaid_upper"): -0.891,
        ("after", "unsaid_odd"): -0.149,
        ("after", "cut"): -0.038,
        ("after", "cut_upper"): 0.405,
        ("after", "near"): 0.494,
        ("after", "differs"): -0.262,
        ("after", "far"): -0.184,
        ("common_changed", "same"): -0.385,
        ("common_changed", "unsaid"): -0.592,
        ("common_changed", "unsaid_upper"): 0.372,
        ("common_changed", "unsaid_odd"): -0.049,
        ("common_changed", "cut"): -0.021,
        ("common_changed", "cut_upper"): -0.008,
        ("common_changed", "differs"): -0.003,
        ("common_changed", "far"): -0.004,
        ("mixed", "same"): -0.898,
        ("mixed", "unsaid"): 0.390,
        ("mixed", "unsaid_upper"): 0.093,
        ("mixed", "unsaid_odd"): 0.327,
        ("mixed", "cut"): 0.115,
        ("mixed", "cut_upper"): -0.228,
        ("mixed", "near"): 0.131,
        ("mixed", "differs"): -0.102,
        ("mixed", "far"): -0.059,
        ("both_left_over", "same"): -0.260,
        ("both_left_over", "unsaid"): 0.289,
        ("both_left_over", "unsaid_upper"): -0.262,
        ("both_left_over", "unsaid_odd"): -0.011,
        ("both_left_over", "cut"): -0.416,
        ("both_left_over", "cut_upper"): 0.463,
        ("both_left_over", "near"): -0.019,
        ("both_left_over", "differs"): -0.194,
        ("both_left_over", "far"): -0.033,
        ("given_only", "same"): -0.007,
        ("given_only", "unsaid"): 0.262,
        ("given_only", "cut"): -0.002,
        ("given_only", "differs"): -0.001,
        ("common_only", "same"): 0.384,
        ("common_only", "unsaid"): 0.841,
        ("common_only", "unsaid_upper"): 0.183,
        ("common_only", "unsaid_odd"): -0.118,
        ("common_only", "cut"): 0.383,
        ("common_only", "cut_upper"): -0.046,
        ("common_only", "near"): 0.331,
        ("common_only", "differs"): -0.038,
        ("common_only", "far"): -0.004,
    },
    measures=(
        1.152,  # overlap
        1.133,  # least_covered
        1.396,  # most_covered
        1.761,  # shared_weight
        4.185,  # only_one_each
        0.357,  # only_one_on_one_side
        0.003,  # left_over_both
        1.024,  # numbers_equal
        -0.127,  # numbers_differ
        0.250,  # number_extra
        0.019,  # direction_extra
        -1.769,  # points_elsewhere
        0.177,  # named_grades_differ
        0.916,  # programs_same
        -0.633,  # program_extra
        0.729,  # initials_agree
        0.015,  # initials_differ
        1.237,  # letters
        -1.114,  # guessed_spelling
        3.746,  # same_key
        0.637,  # grades_overlap
        -1.985,  # grades_apart
        -0.765,  # kind_against_grades
    ),
    sure_base=1.000,
    sure=(
        2.130,  # alike
        -0.226,  # row_gap
        -0.271,  # column_gap
        0.180,  # free_row_gap
        0.812,  # free_column_gap
        -0.216,  # row_close
        -0.448,  # column_close
        -0.535,  # weak
        1.429,  # same_key
    ),
)
