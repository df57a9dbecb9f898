#include "calibration/contest/contestant.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "aaa/controller.h"
#include "calibration/contest/raspberry_pi.h"
#include "calibration/contest/soft_isp.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr float kMostStep = 20;  // EV, of the description of max_step

class Argent final : public Contestant {
 public:
  explicit Argent(const ControllerParams& params) : controller_(params), quick_(params) {
    quick_.white_balance.estimator = "grey_world";
    // What one update may do is no part of what the scene wants: small steps would be judged to have arrived.
    quick_.exposure.max_step = kMostStep;
  }

  Decision update(const Statistics& statistics, const Request& request) override { return controller_.update(statistics, request); }

  /// A new controller has no memory: what it wants of the frame is what the frame says. It is asked for what the scene wants, not for
  /// what the user allows: a lock that a fresh controller has nothing to hold under, or both settings given, leave it without an answer.
  double exposure_error(const Statistics& clean, const Request& request, const Vec3& gains) const override {
    Request asked = request;
    asked.colour_gains = gains;
    asked.ae_locked = false;
    asked.exposure_time.reset();
    asked.analogue_gain.reset();
    Controller fresh(quick_);
    const Decision decision = fresh.update(clean, asked);
    const SensorSettings& applied = clean.applied.settings;
    const double total = applied.exposure.count() * static_cast<double>(applied.analogue_gain);
    return std::log2(decision.trace.exposure.wanted_total / total);
  }

 private:
  Controller controller_;
  ControllerParams quick_;  ///< for controllers that are told the gains
};

constexpr std::string_view kWithEstimator = "argent:";

struct Entry {
  std::string_view name;
  std::unique_ptr<Contestant> (*make)(const ControllerParams& params);
};

constexpr std::array<Entry, 3> kContestants{{
    {"argent", [](const ControllerParams& params) -> std::unique_ptr<Contestant> { return std::make_unique<Argent>(params); }},
    {"raspberrypi", make_raspberry_pi},
    {"softisp", make_soft_isp},
}};

constexpr std::array<std::string_view, 3> kNames{kContestants[0].name, kContestants[1].name, kContestants[2].name};

}  // namespace

std::unique_ptr<Contestant> make_contestant(std::string_view name, const ControllerParams& params) {
  const auto found = std::find_if(kContestants.begin(), kContestants.end(), [&](const Entry& e) { return e.name == name; });
  if (found != kContestants.end()) return found->make(params);
  if (name.starts_with(kWithEstimator)) {
    ControllerParams other = params;
    other.white_balance.estimator = name.substr(kWithEstimator.size());
    return std::make_unique<Argent>(other);
  }
  std::string known;
  for (std::string_view each : kNames) known += (known.empty() ? "" : ", ") + std::string(each);
  throw Error("unknown contestant \"" + std::string(name) + "\", expected one of " + known);
}

std::span<const std::string_view> contestant_names() { return kNames; }

}  // namespace argent
