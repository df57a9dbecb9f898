#include "samples/simulate.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <thread>

#include "calibration/contest/contest.h"
#include "calibration/contest/contestant.h"
#include "models/runtime/error.h"
#include "models/runtime/output_file.h"
#include "samples/batch_console.h"
#include "samples/contest_report.h"
#include "samples/contest_table.h"
#include "samples/focus_curves.h"
#include "samples/output_names.h"
#include "samples/trace_log.h"
#include "samples/usage_error.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxRuns = 1'000'000;

constexpr const char* kExamples = R"(Examples:
  argent simulate samples/scenarios/step_darker.yaml
  argent simulate samples/scenarios/*.yaml --runs 600 --contestants argent,raspberrypi,softisp
  argent simulate step.yaml --log step.jsonl && argent explain step.jsonl --frame 37
  argent simulate step.yaml --report step.html
  argent simulate samples/scenarios/panorama.yaml --runs 100 --set light.lux=50
  argent simulate --focus-curves focus_curves.csv.gz --first-seed 9001

The columns (frames count from the first that shows the new light; 95% = what 95 % of the runs do not pass of the column before it; "-" = no
run to say it of; --report has a line on every column):
  settled     frames until the picture stays within 2 % of the contestant's own target, judged on the noise-free frame
  passed      how far the brightness went past the target
  unclipped   frames until no more than 1 % are clipped
  reached, upset   with lost or damaged frames: until it is within 2 % at all; the longest stretch off again after that
  ripple      rms of the picture's brightness at rest; hunting: changes of direction of the exposure there
  seen 2%     runs whose row sums show 2 % or more until the mains period is found or for 30 frames; of these: in 30fr: found within 30
              frames, found fr: after how many, right: held to the end and never another; wrong: another period on any frame, of all runs;
              hidden ok: found in the runs that show less; avoidable: a whole period fits; banding: what is then left in the rows
  alarms      runs under steady light in which a period was claimed
  mired       mean error of the color temperature; wobble: its rms at rest; degree: angular error of the gains; followed: frames to 90 %
  one deg     two lights: mean angular error of the zones with one pair of gains; map deg: with the gain map; worse: runs it harmed
  focus fr    frames from the trigger to sharp; sharp: Focused within half a depth of field; false: Focused and not sharp

A scenario is a YAML file: scene, light (with events), lens, sensor, request, vary; every key has a default.
Exit status: 0 all played, 1 a scenario could not be, 2 the command line is wrong.
)";

struct SimulateOptions {
  std::vector<std::string> scenarios, contestants{"argent"};
  int runs = 1, threads = 0, first_run = 0;
  std::vector<std::string> settings;
  std::string log, report, focus_curves, spectra;
  FocusCurveOptions focus;
  Overwrite overwrite = Overwrite::kNo;
  bool json = false;
};

/// All runs of a scenario, several at a time; which thread played a run makes no difference to it.
std::vector<ScoredRun> play_all(const ContestScenario& scenario, std::string_view contestant, const SimulateOptions& options) {
  std::vector<ScoredRun> out(static_cast<std::size_t>(options.runs));
  std::atomic<int> next{0};
  std::atomic<std::size_t> finished{0};
  std::exception_ptr failure;
  std::mutex mutex;
  const auto work = [&] {
    try {
      for (int i = next++; i < options.runs; i = next++) {
        const Run run = play(scenario, options.first_run + i, contestant, ControllerParams{});
        out[static_cast<std::size_t>(i)] = {run.scenario.seed, run.score, scenario.request.first_trigger() >= 0};
        finished++;
      }
    } catch (...) {
      const std::lock_guard lock(mutex);
      failure = std::current_exception();
      next = options.runs;
    }
  };
  const unsigned cores = options.threads > 0 ? static_cast<unsigned>(options.threads) : std::max(1u, std::thread::hardware_concurrency());
  std::vector<std::thread> threads;
  for (unsigned i = 1; i < std::min(cores, static_cast<unsigned>(options.runs)); i++) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
  if (failure) std::rethrow_exception(failure);
  return out;
}

/// What is set is set in every run, varied before or not. Throws UsageError.
void set(ContestScenario& scenario, const std::vector<std::string>& settings) {
  if (settings.empty()) return;
  try {
    const std::vector<Field> fields = fields_of(scenario);
    for (const std::string& setting : settings) {
      assign(fields, setting, "--set");
      std::erase_if(scenario.variations, [&](const Variation& v) { return setting.starts_with(v.path + "="); });
    }
    check(scenario.camera, "--set");
  } catch (const Error& error) {
    throw UsageError(error.what());
  }
}

struct Loaded {
  std::string name;
  ContestScenario scenario;
};

/// A file as the command line wants it.
Loaded load(const std::string& path, const SimulateOptions& options) {
  ContestScenario scenario = load_contest_scenario(path);
  if (!options.spectra.empty()) scenario.camera.spectra = options.spectra;
  set(scenario, options.settings);
  std::string name = scenario.camera.name.empty() ? fs::path(path).stem().string() : scenario.camera.name;
  return {std::move(name), std::move(scenario)};
}

/// One scenario through all contestants. Returns its part of the table.
std::string play_scenario(const Loaded& loaded, const SimulateOptions& options, ReportScenario& report, std::string& log) {
  const auto& [name, scenario] = loaded;
  std::string table = name + ", " + std::to_string(options.runs) + (options.runs == 1 ? " run" : " runs") + " of " +
                      std::to_string(scenario.camera.frames) + " frames\n" + contest_header(scenario);
  report = {name, options.runs, columns_for(scenario), {}};
  for (const std::string& contestant : options.contestants) {
    const std::vector<ScoredRun> runs = play_all(scenario, contestant, options);
    table += contest_row(scenario, contestant, runs);
    if (options.json) {
      for (const ScoredRun& run : runs) print_result(json_of_run(name, contestant, run));
    }
    if (options.report.empty() && options.log.empty()) continue;
    Run first = play(scenario, options.first_run, contestant, ControllerParams{});
    if (!options.log.empty() && log.empty()) {
      for (const FrameRecord& frame : first.frames) log += log_line(frame);
    }
    if (options.report.empty()) continue;
    std::vector<std::string> cells;
    for (const ContestColumn& column : report.columns) cells.push_back(text_of(column, runs));
    report.rows.push_back({contestant, std::move(cells), std::move(first)});
  }
  return table + "\n";
}

int run(const SimulateOptions& options) {
  if (!options.focus_curves.empty()) {
    return run_focus_curves(options.focus_curves, options.focus, options.json ? FocusCurveFormat::kJsonLines : FocusCurveFormat::kTable);
  }
  if (options.scenarios.empty()) throw UsageError("SCENARIO or --focus-curves is required");
  // Before hours of work:
  for (const std::string& name : options.contestants) make_contestant(name, {});
  for (const std::string& file : {options.log, options.report}) check_new(file, options.overwrite);
  std::string log;
  std::vector<ReportScenario> played;
  std::vector<Loaded> scenarios;
  int failed = 0;
  for (const std::string& path : options.scenarios) {
    try {
      scenarios.push_back(load(path, options));
    } catch (const UsageError&) {
      throw;
    } catch (const Error& error) {
      print_message(error.what());
      failed++;
    }
  }
  for (const Loaded& scenario : scenarios) {
    try {
      ReportScenario report;
      const std::string table = play_scenario(scenario, options, report, log);
      if (!options.json) print_result(table);
      played.push_back(std::move(report));
    } catch (const Error& error) {
      print_message(error.what());
      failed++;
    }
  }
  if (!options.log.empty() && !log.empty()) write_file(options.log, log, options.overwrite);
  if (!options.report.empty() && !played.empty()) write_file(options.report, contest_report(played), options.overwrite);
  return failed > 0 ? 1 : 0;
}

}  // namespace

std::function<int()> add_simulate_command(CLI::App& app) {
  auto options = std::make_shared<SimulateOptions>();
  CLI::App* command = app.add_subcommand("simulate", "close the loop on a simulated camera: 3A in a contest");
  command->add_option("SCENARIO", options->scenarios, "scenario files (YAML)")->type_name("...");
  command
      ->add_option("--contestants", options->contestants,
                   "argent (default; argent:NAME with another white balance), raspberrypi, softisp; several by commas")
      ->delimiter(',')
      ->type_name("NAME,..");
  command->add_option("--runs", options->runs, "how many, each with its own seed and draws (default: 1)")
      ->check(CLI::Range(1, kMaxRuns))
      ->type_name("N");
  command->add_option("--first-run", options->first_run, "number of the first run (default: 0, the file as it stands)")
      ->check(CLI::Range(0, kMaxRuns))
      ->type_name("N");
  command->add_option("--threads", options->threads, "cores to use (default: all)")->check(CLI::Range(0, 1024))->type_name("N");
  command->add_option("--set", options->settings, "a value of the scenarios in every run, instead of theirs")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
  command->add_option("--spectra", options->spectra, "folder of measured spectra (cameras/, illuminants/) that scenarios may name")
      ->type_name("DIR");
  command->add_option("--log", options->log, "every frame of the first run, JSON lines, for argent explain")
      ->type_name("FILE")
      ->group("Report");
  command->add_option("--report", options->report, "a page of plots that stands alone")->type_name("FILE.html")->group("Report");
  command
      ->add_option("--focus-curves", options->focus_curves,
                   "recorded focus sweeps instead of scenarios (columns seq, pos_peak_idx, pos_idx, one a measure)")
      ->type_name("CSV")
      ->group("Recorded sweeps");
  command->add_option("--measure", options->focus.measure, "the column that is searched (default: " + options->focus.measure + ")")
      ->type_name("NAME")
      ->group("Recorded sweeps");
  command->add_option("--visits", options->focus.visits, "how many positions a search may look at; a row each (default: 20,50)")
      ->delimiter(',')
      ->check(CLI::Range(1, 100'000))
      ->type_name("N,..")
      ->group("Recorded sweeps");
  command->add_option("--seeds", options->focus.seeds, "start positions of each curve (default: 20)")
      ->check(CLI::Range(1, 100'000))
      ->type_name("N")
      ->group("Recorded sweeps");
  command->add_option("--first-seed", options->focus.first_seed, "of the start positions (default: 1)")
      ->type_name("N")
      ->group("Recorded sweeps");
  command->add_flag("--json", options->json, "one object a run on stdout instead of the table")->group("Report");
  command
      ->add_flag_callback(
          "--overwrite", [options] { options->overwrite = Overwrite::kYes; }, "replace files of --log and --report that exist")
      ->group("Report");
  command->footer(kExamples);
  return [options] { return run(*options); };
}

}  // namespace argent
