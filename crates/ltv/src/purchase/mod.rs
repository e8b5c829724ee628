//! How customers buy and stay away: fitted, judged, predicted.
