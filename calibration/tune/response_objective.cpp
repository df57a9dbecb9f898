#include "calibration/tune/response_objective.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace argent {
namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
constexpr double kMostError = 5;  // depths of field: blurred is blurred
constexpr double kSharp = 0.5;    // depths of field

double number_or(const std::optional<int>& frames, int otherwise) { return frames.value_or(otherwise); }

/// Mean of what `value` says of the steps; those of which it says NaN are left out.
template <class Value>
double mean_of_steps(const Run& run, Value value) {
  double sum = 0;
  int count = 0;
  for (std::size_t i = 0; i < run.score.steps.size(); i++) {
    const int end = i + 1 < run.score.steps.size() ? run.score.steps[i + 1].frame : static_cast<int>(run.frames.size());
    const double one = value(run.score.steps[i], end - run.score.steps[i].frame);
    if (std::isnan(one)) continue;
    sum += one;
    count++;
  }
  return count > 0 ? sum / count : kNothing;
}

std::vector<double> exposure_measures(const Run& run) {
  return {
      mean_of_steps(run, [](const StepScore& s, int frames) { return number_or(s.settled, frames); }),
      mean_of_steps(run, [](const StepScore& s, int) { return 100 * s.overshoot; }),
      mean_of_steps(run, [](const StepScore& s, int frames) { return s.clips ? number_or(s.unclipped, frames) : kNothing; }),
      mean_of_steps(run, [](const StepScore& s, int) { return static_cast<double>(s.upset); }),
      100 * run.score.exposure_ripple,
  };
}

std::vector<double> balance_measures(const Run& run) {
  const double followed =
      mean_of_steps(run, [](const StepScore& s, int) { return s.balance_followed ? double(*s.balance_followed) : kNothing; });
  return {followed, run.score.balance_wobble};
}

std::vector<double> focus_measures(const Run& run) {
  const bool found = run.score.focus_state == AfState::kFocused;
  const double error = std::min(run.score.focus_error, kMostError);
  const int rest = static_cast<int>(run.frames.size()) - run.trigger;
  return {number_or(run.score.focus_reached, rest), error, found && error <= kSharp ? 0.0 : 100.0};
}

struct Kind {
  const char* name;
  bool with_trigger;
  std::vector<double> (*measures)(const Run&);
  std::vector<TuneTerm> terms;
};

const Kind& kind_of(ResponseOf what) {
  static const Kind kExposure{
      "ae=response",
      false,
      exposure_measures,
      {{.name = "settle", .unit = "frames", .meaning = "until the picture stays within 2 %", .measure = 0, .floor = 1},
       {.name = "overshoot", .unit = "%", .meaning = "how far past the target on the way", .measure = 1, .floor = 1},
       {.name = "clipped", .unit = "frames", .meaning = "until no more than 1 % are clipped", .measure = 2, .floor = 1},
       {.name = "upset", .unit = "frames", .meaning = "longest stretch off again after it was reached", .measure = 3, .floor = 1},
       {.name = "ripple", .unit = "%", .meaning = "rms of the picture's brightness at rest", .measure = 4, .floor = 0.05}}};
  static const Kind kBalance{
      "awb=response",
      false,
      balance_measures,
      {{.name = "follow", .unit = "frames", .meaning = "until 90 % of a change of the light are followed", .measure = 0, .floor = 1},
       {.name = "wobble", .unit = "mired", .meaning = "rms at rest", .measure = 1, .floor = 0.2}}};
  static const Kind kFocus{"af=response",
                           true,
                           focus_measures,
                           {{.name = "time", .unit = "frames", .meaning = "from the trigger to Focused", .measure = 0, .floor = 1},
                            {.name = "error", .unit = "depths of field", .meaning = "at the end", .measure = 1, .floor = 0.05},
                            {.name = "missed", .unit = "%", .meaning = "runs that end unsharp", .measure = 2, .floor = 1}}};
  return what == ResponseOf::kExposure ? kExposure : what == ResponseOf::kWhiteBalance ? kBalance : kFocus;
}

class Response final : public TuneObjective {
 public:
  Response(ResponseOf what, const std::vector<TuneScenario>& scenarios, const ResponseOptions& options)
      : what_(what), kind_(kind_of(what)) {
    for (const TuneScenario& one : scenarios) {
      const bool triggered = one.scenario.request.first_trigger() >= 0;
      if (triggered != kind_.with_trigger || (what != ResponseOf::kFocus && one.scenario.request.mixed_light)) continue;
      scenarios_.push_back(one.scenario);
      Scenario& camera = scenarios_.back().camera;
      camera.frames = std::min(camera.frames, options.frames);
      for (int run = 0; run < options.runs; run++) {
        const std::string name = one.name + " run " + std::to_string(run);
        cases_.push_back({name, options.split == ResponseOptions::Split::kRuns ? name : one.name,
                          fingerprint_of(std::to_string(camera.frames), one.fingerprint)});
        plays_.push_back({scenarios_.size() - 1, run});
      }
    }
  }

  std::string name() const override { return kind_.name; }
  const std::vector<TuneTerm>& terms() const override { return kind_.terms; }
  const std::vector<TuneCase>& cases() const override { return cases_; }
  std::unique_ptr<TuneJudge> judge(const ControllerParams& params) const override { return std::make_unique<Judge>(*this, params); }

 private:
  class Judge final : public TuneJudge {
   public:
    Judge(const Response& objective, const ControllerParams& params) : objective_(objective), params_(params) {
      // Exposure and focus hardly feel which estimator finds the light; the quickest makes ten times as many updates.
      if (objective.what_ != ResponseOf::kWhiteBalance) params_.white_balance.estimator = "grey_world";
      params_.white_balance.opinions = false;
    }
    CaseResult measure(std::size_t index) override {
      const auto [scenario, number] = objective_.plays_[index];
      const Run run = play(objective_.scenarios_[scenario], number, "argent", params_);
      return {objective_.kind_.measures(run), run.frames.size()};
    }

   private:
    const Response& objective_;
    ControllerParams params_;
  };

  struct Play {
    std::size_t scenario = 0;
    int run = 0;
  };

  ResponseOf what_;
  const Kind& kind_;
  std::vector<ContestScenario> scenarios_;
  std::vector<TuneCase> cases_;
  std::vector<Play> plays_;
};

}  // namespace

std::unique_ptr<TuneObjective> make_response_objective(ResponseOf what, const std::vector<TuneScenario>& scenarios,
                                                       const ResponseOptions& options) {
  return std::make_unique<Response>(what, scenarios, options);
}

}  // namespace argent
