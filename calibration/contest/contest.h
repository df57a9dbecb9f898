// calibration/contest/contest.h - the closed loop: a scenario of the simulated camera, a contestant, frame by frame.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "aaa/controller_params.h"
#include "calibration/contest/request_script.h"
#include "calibration/contest/score.h"
#include "calibration/contest/zone_balance.h"
#include "camera/simulation/scenario.h"

namespace argent {

/// A parameter that is another one in every run, drawn from the run's seed.
struct Variation {
  std::string path;  ///< "light.lux"
  float low = 0, high = 0;
  bool logarithmic = false;  ///< evenly spread in the logarithm
};

/// What contestants are told wrongly, as a calibration may be off.
struct ToldParams {
  float lens_lag = 1;  ///< times what the lens really takes
};

struct ContestScenario {
  Scenario camera;
  RequestScript request;
  ToldParams told;
  std::vector<Variation> variations;
};

/// A scenario file with three more keys: `request` (the script), `told`, and `vary`: a map from paths to [low, high] or [low, high, log].
/// Throws Error with file, line and what was expected.
ContestScenario load_contest_scenario(const std::filesystem::path& path);
ContestScenario parse_contest_scenario(std::string_view yaml, std::string_view source, const std::filesystem::path& folder = {});

/// References to all of camera and told, for `--set`.
std::vector<Field> fields_of(ContestScenario& scenario);

/// The scenario of one run: seed + run, variations drawn. Run 0 is the file as it stands. Throws Error where draws contradict each other.
Scenario scenario_of_run(const ContestScenario& scenario, int run);

struct Run {
  Scenario scenario;
  std::vector<FrameRecord> frames;
  int trigger = -1;         ///< frame of the AF trigger; -1: none
  std::vector<int> events;  ///< frames that first show an event's light, or are the first asked for another exposure or balance
  ZoneErrors zones;         ///< of the last frame; empty: one light everywhere
  RunScore score;
};

/// `params` with what a calibrated camera's profile would say of the simulated one: its cct curve (ZonePlant::cct_curve()), how its lens
/// moves and where it can go, what a pixel of phase disparity is worth.
ControllerParams facts_of(const Scenario& scenario, std::vector<CctPoint> curve, ControllerParams params);
/// With the curve of a SensorColor made for it, which reads the files that the scenario names.
ControllerParams facts_of(const Scenario& scenario, ControllerParams params);

/// Plays one run on the pixel-free plant. `params`: the contestant's tuning; facts_of() is added.
Run play(const ContestScenario& scenario, int run, std::string_view contestant, const ControllerParams& params);

}  // namespace argent
