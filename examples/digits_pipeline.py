"""Search for the best network in a pipeline, on the built-in digits.

python examples/digits_pipeline.py            a minute or two on two cores
python examples/digits_pipeline.py --quick    seconds, on a part of the digits
"""

import argparse

from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from convstep.data import digits
from convstep.estimators import ConvNetClassifier


def main(arguments: list[str] | None = None) -> float:
    """Search, and return the accuracy of the best network on the test examples."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--quick", action="store_true", help="few examples and epochs")
    quick = parser.parse_args(arguments).quick

    x, y = digits.load()
    rows = x.reshape(len(x), -1).astype("float32")  # (1797, 8, 8, 1) -> (1797, 64)
    if quick:
        rows, y = rows[:300], y[:300]
    train, test, y_train, y_test = train_test_split(
        rows, y, test_size=0.25, stratify=y, random_state=0
    )

    # The scaler makes rows, so the network is told what image a row is.
    network = ConvNetClassifier(
        image_shape=(8, 8),
        max_iter=5 if quick else 30,
        n_iter_no_change=float("inf"),  # just that many epochs
        random_state=0,
    )
    search = GridSearchCV(
        make_pipeline(MinMaxScaler(), network),
        {
            "convnetclassifier__learning_rate_init": [0.001, 0.003],
            "convnetclassifier__batch_size": [32, 128],
        },
        cv=2 if quick else 3,
        n_jobs=2,
    )
    search.fit(train, y_train)

    accuracy = float(search.score(test, y_test))
    for parameters, score in zip(
        search.cv_results_["params"], search.cv_results_["mean_test_score"], strict=True
    ):
        print(f"{score:.3f}  {parameters}")
    print(f"best: {search.best_params_}, {accuracy:.3f} on {len(test)} test examples")
    return accuracy


if __name__ == "__main__":
    main()
