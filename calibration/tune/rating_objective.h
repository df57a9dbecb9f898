// calibration/tune/rating_objective.h - exposures that somebody judged: the correction that is metered should be the one that was wanted.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "aaa/controller_params.h"
#include "calibration/tune/objective.h"
#include "isp/statistics.h"

namespace argent {

/// A line of ratings.csv.
struct ExposureRating {
  std::string place;           ///< "<path>:<line>"
  std::filesystem::path file;  ///< beside the table
  int frame = -1;              ///< of a recording, from 0; -1: it has one
  double wanted = 0;           ///< EV that this frame lacks to be exposed as it should be; negative: it is too bright
  double weight = 1;           ///< above 0
  std::string rater{};         ///< empty: one for all
};

/// What came of a table: its good lines, and what is wrong with the others, one line of text each.
struct RatingTable {
  std::vector<ExposureRating> ratings;
  std::vector<std::string> problems;
};

/// Whether a file is such a table: CSV with the columns file and ev.
bool is_rating_table(const std::filesystem::path& path);

/// Columns file, ev, and where there are any frame, weight and rater. Lines that say something impossible (no number, more than 10 EV, a
/// file that is not there, the same file twice by one rater) are problems. Throws Error when the table can't be used at all.
RatingTable load_ratings(const std::filesystem::path& path);

/// A rated frame, measured.
struct RatedExposure {
  ExposureRating rating;
  Statistics statistics;
  std::vector<CctPoint> curve;  ///< whites of its camera; empty: of the start's profile
};

/// "ae=ratings": error (pseudo-Huber of wanted less metered, EV: few raters that are far off don't decide) and its worst quarter. Groups
/// are raters where there are several, else files. White balance is that of `start`, found once.
std::unique_ptr<TuneObjective> make_rating_objective(std::vector<RatedExposure> ratings, const ControllerParams& start);

}  // namespace argent
