#include "calibration/tune/rating_objective.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "aaa/controller.h"
#include "calibration/evaluation/csv_reader.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr double kMostEv = 10, kMostWeight = 1e6, kMostFrames = 1e6;
constexpr double kGross = 0.5;  // EV: beyond, an error counts by its size and no longer by its square

std::optional<double> number_of(const std::string& text) {
  double value = 0;
  const char* begin = text.data() + (text.starts_with('+') ? 1 : 0);
  const auto [end, failure] = std::from_chars(begin, text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

struct Columns {
  std::size_t file, ev, weight, rater, frame, count;
};

std::optional<Columns> columns_of(const std::vector<std::string>& head) {
  const auto at = [&](const char* name) { return static_cast<std::size_t>(std::find(head.begin(), head.end(), name) - head.begin()); };
  const Columns out{at("file"), at("ev"), at("weight"), at("rater"), at("frame"), head.size()};
  if (out.file == out.count || out.ev == out.count) return std::nullopt;
  return out;
}

ExposureRating rating_of(const std::vector<std::string>& cells, const Columns& columns, const std::filesystem::path& folder,
                         const std::string& place) {
  if (cells.size() != columns.count) throw Error(place, ": found ", cells.size(), " cells, expected ", columns.count);
  ExposureRating out{.place = place, .file = folder / cells[columns.file]};
  const auto number = [&](std::size_t column, const char* name, double low, double high) {
    const std::optional<double> value = number_of(cells[column]);
    if (!value || *value < low || *value > high) {
      throw Error(place, ": ", name, " is \"", cells[column].substr(0, 40), "\", expected a number from ", static_cast<int>(low), " to ",
                  static_cast<int>(high));
    }
    return *value;
  };
  out.wanted = number(columns.ev, "ev", -kMostEv, kMostEv);
  if (columns.weight < columns.count && !cells[columns.weight].empty()) out.weight = number(columns.weight, "weight", 0, kMostWeight);
  if (!(out.weight > 0)) throw Error(place, ": weight is 0, expected more");
  if (columns.frame < columns.count && !cells[columns.frame].empty())
    out.frame = static_cast<int>(number(columns.frame, "frame", 0, kMostFrames));
  if (columns.rater < columns.count) out.rater = cells[columns.rater];
  std::error_code error;
  if (!std::filesystem::is_regular_file(out.file, error)) throw Error(place, ": there is no file ", out.file.string());
  return out;
}

/// Source: Charbonnier and others 1994, eq. 11, which is |error| far out and error^2 / (2 delta) near 0.
double pseudo_huber(double error) { return kGross * (std::sqrt(1 + error * error / (kGross * kGross)) - 1); }

double metered_ev(Controller& fresh, const Statistics& statistics, const Request& request) {
  const ExposureTrace trace = fresh.update(statistics, request).trace.exposure;
  return trace.wanted_total > 0 && trace.applied_total > 0 ? std::log2(trace.wanted_total / trace.applied_total) : trace.error;
}

class Ratings final : public TuneObjective {
 public:
  Ratings(std::vector<RatedExposure> ratings, const ControllerParams& start) : ratings_(std::move(ratings)) {
    std::set<std::string> raters;
    double weights = 0;
    for (const RatedExposure& one : ratings_) {
      raters.insert(one.rating.rater);
      weights += one.rating.weight;
    }
    for (const RatedExposure& one : ratings_) {
      ControllerParams params = start;
      if (!one.curve.empty()) params.white_balance.prior.curve = one.curve;
      gains_.push_back(Controller(params).update(one.statistics).controls.colour_gains);
      weights_.push_back(one.rating.weight * static_cast<double>(ratings_.size()) / weights);
      const std::string file =
          one.rating.file.filename().string() + (one.rating.frame < 0 ? "" : " frame " + std::to_string(one.rating.frame));
      const std::string_view bytes(reinterpret_cast<const char*>(&one.statistics), sizeof one.statistics);
      cases_.push_back(
          {one.rating.rater.empty() ? file : file + " by " + one.rating.rater,
           raters.size() > 1 ? one.rating.rater : one.rating.file.string(),
           fingerprint_of(bytes, fingerprint_of(std::to_string(one.rating.wanted) + " " + std::to_string(one.rating.weight)))});
    }
  }

  std::string name() const override { return "ae=ratings"; }
  const std::vector<TuneTerm>& terms() const override { return terms_; }
  const std::vector<TuneCase>& cases() const override { return cases_; }
  std::unique_ptr<TuneJudge> judge(const ControllerParams& params) const override { return std::make_unique<Judge>(*this, params); }

 private:
  class Judge final : public TuneJudge {
   public:
    Judge(const Ratings& objective, const ControllerParams& params) : objective_(objective), params_(params) {
      params_.white_balance.estimator = "grey_world";  // not asked: the gains are told
    }
    CaseResult measure(std::size_t index) override {
      Controller fresh(params_);
      Request request;
      request.colour_gains = objective_.gains_[index];
      const RatedExposure& one = objective_.ratings_[index];
      return {{objective_.weights_[index] * pseudo_huber(one.rating.wanted - metered_ev(fresh, one.statistics, request))}, 1};
    }

   private:
    const Ratings& objective_;
    ControllerParams params_;
  };

  std::vector<RatedExposure> ratings_;
  std::vector<Vec3> gains_;
  std::vector<double> weights_;  // mean 1
  std::vector<TuneCase> cases_;
  std::vector<TuneTerm> terms_{
      {.name = "error", .unit = "EV", .meaning = "wanted less metered correction, robust", .measure = 0, .floor = 0.01},
      {.name = "worst quarter", .unit = "EV", .meaning = "of the same", .measure = 0, .sum = TermSum::kWorstQuarter, .floor = 0.01}};
};

}  // namespace

bool is_rating_table(const std::filesystem::path& path) {
  try {
    const auto head = CsvReader(path).next();
    return head && columns_of(*head).has_value();
  } catch (const Error&) {
    return false;
  }
}

RatingTable load_ratings(const std::filesystem::path& path) {
  CsvReader reader(path);
  const auto head = reader.next();
  const auto columns = head ? columns_of(*head) : std::nullopt;
  if (!columns) throw Error(path.string(), ": expected a line with the columns file and ev, and perhaps weight, rater and frame");
  RatingTable out;
  std::set<std::tuple<std::string, int, std::string>> seen;
  while (true) {
    try {
      const auto cells = reader.next();
      if (!cells) break;
      ExposureRating rating = rating_of(*cells, *columns, path.parent_path(), reader.place());
      if (!seen.emplace(rating.file.string(), rating.frame, rating.rater).second)
        throw Error(reader.place(), ": ", rating.file.string(), " has a rating ",
                    rating.rater.empty() ? "already" : "by " + rating.rater + " already");
      out.ratings.push_back(std::move(rating));
    } catch (const Error& error) {
      out.problems.emplace_back(error.what());
    }
  }
  return out;
}

std::unique_ptr<TuneObjective> make_rating_objective(std::vector<RatedExposure> ratings, const ControllerParams& start) {
  return std::make_unique<Ratings>(std::move(ratings), start);
}

}  // namespace argent
