#include "calibration/tune/sweep_objective.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>

#include "aaa/controller.h"

namespace argent {
namespace {

constexpr double kMostError = 5, kSharp = 0.5;  // depths of field, as in a closed loop on scenarios
constexpr int kTrigger = 10;                    // frame: by then noise at rest is known
constexpr float kFrameMicroseconds = 33'333;

/// Sum of twelve evenly spread numbers: Gaussian enough, and the same with every library.
class Noise {
 public:
  explicit Noise(std::uint64_t seed) : random_(seed) {}
  float next() {
    double sum = -6;
    for (int i = 0; i < 12; i++) sum += static_cast<double>(random_() >> 11) * 0x1p-53;
    return static_cast<float>(sum);
  }

 private:
  std::mt19937_64 random_;
};

/// A recorded sweep as a camera: a lens with lag and play before contrast that is looked up.
class SweepCamera {
 public:
  SweepCamera(const FocusCurve& curve, const AutoFocusParams& params, const SweepOptions& options, float start, std::uint64_t seed)
      : curve_(curve),
        range_(params.normal),
        lag_(params.lens.lag),
        options_(options),
        noise_(seed),
        told_(start),
        motor_(start),
        lens_(start) {
    highest_ = std::max(*std::max_element(curve.scores.begin(), curve.scores.end()), 1e-20f);
    statistics_.columns = statistics_.rows = 1;
    statistics_.zone(0, 0).count = statistics_.zone(0, 0).unclipped_count = {1000, 1000, 1000};
    statistics_.zone(0, 0).mean = statistics_.zone(0, 0).unclipped = {0.1f, 0.1f, 0.1f};
    statistics_.applied.frame_duration = Microseconds(kFrameMicroseconds);
  }

  /// A command takes effect one frame later, as of `lens: {latency: 1}`.
  const Statistics& next() {
    told_ = std::exchange(pending_, command_).value_or(told_);
    motor_ = told_ + (motor_ - told_) * (lag_ > 0 ? std::exp(-1 / lag_) : 0);
    // The lens is carried along at either end of its play.
    lens_ = std::clamp(lens_, motor_ - options_.play / 2, motor_ + options_.play / 2);
    const float contrast = std::max(0.0f, contrast_at(lens_) * (1 + options_.contrast_noise * noise_.next()));
    statistics_.zone(0, 0).focus = {contrast, contrast};
    statistics_.applied.settings.lens_position = told_;
    statistics_.applied.sequence++;
    statistics_.applied.timestamp += Microseconds(kFrameMicroseconds);
    return statistics_;
  }

  void move(float position) { command_ = std::clamp(position, range_.min, range_.max); }

  /// Dioptres that the lens is away from the recorded peak.
  double error() const { return std::abs(lens_ - position_of(static_cast<float>(curve_.peak - curve_.first))); }

 private:
  float last() const { return static_cast<float>(std::max<std::size_t>(curve_.scores.size(), 2) - 1); }
  float position_of(float index) const { return range_.min + (range_.max - range_.min) * index / last(); }
  float contrast_at(float position) const {
    const float index = std::clamp((position - range_.min) / std::max(range_.max - range_.min, 1e-3f), 0.0f, 1.0f) * last();
    const auto below = std::min(static_cast<std::size_t>(index), curve_.scores.size() - 1),
               above = std::min(below + 1, curve_.scores.size() - 1);
    return std::lerp(curve_.scores[below], curve_.scores[above], index - static_cast<float>(below)) / highest_;
  }

  const FocusCurve& curve_;
  FocusRange range_;
  float lag_;
  const SweepOptions& options_;
  Noise noise_;
  float told_, motor_, lens_, highest_ = 1;
  std::optional<float> pending_, command_;
  Statistics statistics_;
};

class Sweeps final : public TuneObjective {
 public:
  Sweeps(std::vector<FocusCurve> curves, std::uint64_t fingerprint, const SweepOptions& options)
      : curves_(std::move(curves)), options_(options) {
    for (std::size_t i = 0; i < curves_.size(); i++) {
      const std::string group = "curve " + std::to_string(i);
      for (int start = 0; start < options.starts; start++)
        cases_.push_back({group + " start " + std::to_string(start), group, fingerprint});
    }
  }

  std::string name() const override { return "af=sweeps"; }
  const std::vector<TuneTerm>& terms() const override { return terms_; }
  const std::vector<TuneCase>& cases() const override { return cases_; }
  std::unique_ptr<TuneJudge> judge(const ControllerParams& params) const override { return std::make_unique<Judge>(*this, params); }

 private:
  class Judge final : public TuneJudge {
   public:
    Judge(const Sweeps& objective, const ControllerParams& params) : objective_(objective), params_(params) {
      params_.white_balance.estimator = "grey_world";  // there is no color to see
    }

    CaseResult measure(std::size_t index) override {
      const auto starts = static_cast<std::size_t>(objective_.options_.starts);
      const float share = (static_cast<float>(index % starts) + 0.5f) / static_cast<float>(starts);
      const FocusRange& range = params_.focus.normal;
      SweepCamera camera(objective_.curves_[index / starts], params_.focus, objective_.options_, std::lerp(range.min, range.max, share),
                         index + 1);
      Controller controller(params_);
      int reached = objective_.options_.frames - kTrigger;
      AfState state = AfState::kIdle;
      for (int i = 0; i < objective_.options_.frames; i++) {
        Request request;
        request.af_mode = AfMode::kAuto;
        if (i == kTrigger) request.af_trigger = AfTrigger::kStart;
        const Decision decision = controller.update(camera.next(), request);
        state = decision.trace.focus.state;
        if (state == AfState::kFocused) reached = std::min(reached, i - kTrigger);
        camera.move(decision.controls.sensor.lens_position);
      }
      const double error = std::min(camera.error() / std::max(params_.focus.lens.depth_of_field, 1e-3f), kMostError);
      const bool sharp = state == AfState::kFocused && error <= kSharp;
      return {{static_cast<double>(reached), error, sharp ? 0.0 : 100.0}, static_cast<std::uint64_t>(objective_.options_.frames)};
    }

   private:
    const Sweeps& objective_;
    ControllerParams params_;
  };

  std::vector<FocusCurve> curves_;
  SweepOptions options_;
  std::vector<TuneCase> cases_;
  std::vector<TuneTerm> terms_{{.name = "time", .unit = "frames", .meaning = "from the trigger to Focused", .measure = 0, .floor = 1},
                               {.name = "error", .unit = "depths of field", .meaning = "at the end", .measure = 1, .floor = 0.05},
                               {.name = "missed", .unit = "%", .meaning = "runs that end unsharp", .measure = 2, .floor = 1}};
};

}  // namespace

std::unique_ptr<TuneObjective> make_sweep_objective(std::vector<FocusCurve> curves, std::uint64_t fingerprint,
                                                    const SweepOptions& options) {
  return std::make_unique<Sweeps>(std::move(curves), fingerprint, options);
}

}  // namespace argent
