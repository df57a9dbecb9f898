// controller_benchmark [UPDATES]: what decide costs a frame, how many updates of plant and controllers two threads do a second, and
// whether memory stays as it is. Prints one table; decides nothing.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "aaa/controller.h"
#include "calibration/contest/contest.h"
#include "camera/simulation/simulated_camera.h"
#include "camera/simulation/zone_plant.h"
#include "isp/pipeline.h"

namespace {

using namespace argent;
using Clock = std::chrono::steady_clock;

constexpr int kRounds = 11, kFrames = 300;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

/// Resident now, MB.
double resident_megabytes() {
  std::ifstream file("/proc/self/statm");
  double all = 0, resident = 0;
  file >> all >> resident;
  return resident * 4096 / 1e6;
}

Scenario scenario_with(int columns, int rows) {
  Scenario out;
  out.columns = columns;
  out.rows = rows;
  out.light.events.push_back({.time = 2, .lux = 50, .cct = 3000});
  return out;
}

Request continuous_focus() {
  Request out;
  out.af_mode = AfMode::kContinuous;
  return out;
}

/// Plant and controller, `updates` times. Returns seconds.
double run_loop(const Scenario& scenario, long updates) {
  ZonePlant plant(scenario);
  Controller controller(facts_of(scenario, {}));
  const Request request = continuous_focus();
  const auto start = Clock::now();
  for (long i = 0; i < updates; i++) plant.apply(controller.update(plant.next(), request).controls.sensor);
  return seconds_since(start);
}

/// Microseconds of one update, statistics made before.
double decide_cost(int columns, int rows) {
  const Scenario scenario = scenario_with(columns, rows);
  ZonePlant plant(scenario);
  std::vector<Statistics> frames;
  for (int i = 0; i < kFrames; i++) frames.push_back(plant.next());
  const Request request = continuous_focus();
  std::vector<double> rounds;
  for (int round = 0; round <= kRounds; round++) {
    Controller controller(facts_of(scenario, {}));
    const auto start = Clock::now();
    for (const Statistics& statistics : frames) controller.update(statistics, request);
    if (round > 0) rounds.push_back(1e6 * seconds_since(start) / kFrames);  // the first one warms up
  }
  return median(rounds);
}

/// Frames a second of the pixel camera, measure and decide together, 640x480.
double pixel_rate() {
  Scenario scenario = scenario_with(16, 12);
  scenario.frames = kFrames;
  SimulatedCamera camera(scenario);
  PipelineParams params;
  params.threads = 2;
  params.shading = {camera.shading()};
  const Pipeline pipeline(params);
  Controller controller(facts_of(scenario, {}));
  const Request request = continuous_focus();
  Controls controls;
  const auto start = Clock::now();
  while (const auto frame = camera.next()) {
    controls = controller.update(pipeline.measure(*frame, controls), request).controls;
    camera.apply(controls.sensor);
  }
  return kFrames / seconds_since(start);
}

}  // namespace

int main(int argc, char** argv) {
  const long updates = argc > 1 ? std::atol(argv[1]) : 100'000;
  if (updates < 1000) {
    std::fputs("usage: controller_benchmark [UPDATES, at least 1000]\n", stderr);
    return 2;
  }
  std::printf("decide, 32x32 zones, 1 thread    %8.1f us a frame, median of %d rounds of %d frames\n", decide_cost(32, 32), kRounds,
              kFrames);
  std::printf("decide, 16x12 zones, 1 thread    %8.1f us a frame\n", decide_cost(16, 12));

  std::printf("640x480 pixels, measure, decide  %8.0f frames a second\n", pixel_rate());

  const Scenario scenario = scenario_with(16, 12);
  run_loop(scenario, updates / 100);
  const double before = resident_megabytes();
  const auto start = Clock::now();
  std::thread other([&] { run_loop(scenario, updates / 2); });
  run_loop(scenario, updates - updates / 2);
  other.join();
  const double took = seconds_since(start);
  std::printf("plant and controllers, 2 threads %8.0f updates a second over %ld\n", static_cast<double>(updates) / took, updates);
  std::printf("resident memory                  %8.1f MB after 1 %%, %.1f MB at the end\n", before, resident_megabytes());
  return 0;
}
