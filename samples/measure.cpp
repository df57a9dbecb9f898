#include "samples/measure.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "aaa/controller.h"
#include "isp/io/statistics_file.h"
#include "isp/pipeline.h"
#include "models/runtime/error.h"
#include "samples/input_options.h"
#include "samples/json.h"
#include "samples/output_names.h"
#include "samples/stopwatch.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kWidestName = 40;  // longer names push their row to the right

constexpr const char* kExamples = R"(Examples:
  argent measure IMG_5952.CR2
  argent measure ~/photos --recursive --json | jq .white_balance.cct
  argent measure 'frames/*.raw' --sidecar sensor.yaml --profile imx219.yaml -v
  argent measure burst/ --save burst.argentst

The columns:
  error EV    how much brighter the exposure should have been (negative: darker)
  lux         a guess from exposure, gain, aperture and brightness; - when the file does not say them
  cct         of the light, kelvin; - without color matrix or profile
  R G B       white balance gains; conf.: how far to trust them, 0 to 1
  clipped %   pixels at saturation
  focus       contrast at the finest scale, comparable between frames of one scene

Nothing is rendered and nothing of the camera's own settings is used: this is what 3A sees.
Exit status: 0 all measured, 1 some or all failed, 2 the command line is wrong.
)";

struct MeasureOptions {
  InputOptions input;
  std::string save;
  Overwrite overwrite = Overwrite::kNo;
  bool json = false;
  Verbosity verbosity = Verbosity::kNormal;
};

void add_options(CLI::App& app, MeasureOptions& options) {
  add_input_options(app, options.input);
  app.add_flag("--json", options.json, "one object a file, one line each, on stdout")->group("Report");
  app.add_flag_callback(
         "-v,--verbose", [&] { options.verbosity = Verbosity::kVerbose; }, "each estimator's own opinion, too")
      ->group("Report");
  app.add_flag_callback(
         "--quiet", [&] { options.verbosity = Verbosity::kQuiet; }, "results, errors and warnings only")
      ->group("Report");
  app.add_option("--save", options.save, "the statistics themselves, binary, for replay")->type_name("FILE")->group("Report");
  app.add_flag_callback(
         "--overwrite", [&] { options.overwrite = Overwrite::kYes; }, "replace the file of --save when it exists")
      ->group("Report");
  app.footer([] { return kExamples + std::string("\nParameters for --set, with their defaults:\n") + settable_parameters(); });
}

/// Statistics in the order of the files, whatever the order in which they are measured.
class Recorder {
 public:
  Recorder(const MeasureOptions& options, std::size_t files) : path_(options.save), overwrite_(options.overwrite) {
    if (path_.empty()) return;
    check_new(path_, overwrite_);
    frames_.resize(files);
  }

  /// Different indices may come from different threads.
  void record(std::size_t index, const Statistics& statistics) {
    if (!path_.empty()) frames_[index] = std::make_unique<Statistics>(statistics);
  }

  void save() const {
    if (path_.empty()) return;
    std::vector<Statistics> measured;
    measured.reserve(frames_.size());
    for (const auto& frame : frames_) {
      if (frame) measured.push_back(*frame);
    }
    save_statistics(measured, path_, overwrite_);
  }

 private:
  std::string path_;
  Overwrite overwrite_;
  std::vector<std::unique_ptr<Statistics>> frames_;  // null where a file failed
};

Outcome outcome_of(const MeasureReport& report, const MeasureOptions& options, std::size_t name_width) {
  Outcome outcome;
  outcome.output = options.json ? json_of(report) : table_row(report, name_width, options.verbosity);
  for (const std::string& warning : report.frame.capture.warnings) outcome.warnings.push_back(report.file.string() + ": " + warning);
  return outcome;
}

int run(const MeasureOptions& options) {
  const Inputs inputs = inputs_of(options.input);
  const Workload load = share_threads(options.input.threads, inputs.files.size());
  const FrameLoader loader(options.input);
  PipelineParams params = loader.isp();
  params.threads = load.kernel_threads;
  const Pipeline pipeline(params);
  Recorder recorder(options, inputs.files.size());

  std::size_t name_width = 0;
  for (const fs::path& file : inputs.files) name_width = std::max(name_width, std::min(file.string().size(), kWidestName));
  if (!options.json && !inputs.files.empty()) print_result(table_header(name_width));

  ConsoleOptions console{.workers = load.workers, .verbosity = options.verbosity, .verb = "measured"};
  if (options.json) console.failure_output = json_of_failure;
  const int status = run_on_console(inputs, console, [&](const fs::path& file, std::size_t index) {
    StepTimes times;
    Stopwatch watch;
    const RawFrame frame = loader.load(file);
    times.decode = watch.lap();
    const Statistics statistics = pipeline.measure(frame);
    times.measure = watch.lap();
    Controller controller(controller_params_for(frame, loader.aaa()));
    const Decision decision = controller.update(statistics);
    times.decide = watch.lap();
    recorder.record(index, statistics);
    return outcome_of({file, frame, statistics, decision, times}, options, name_width);
  });
  recorder.save();
  return status;
}

}  // namespace

std::function<int()> add_measure_command(CLI::App& app) {
  const auto options = std::make_shared<MeasureOptions>();
  CLI::App* command = app.add_subcommand("measure", "say what 3A sees in RAW files and what it would decide");
  add_options(*command, *options);
  return [options] { return run(*options); };
}

}  // namespace argent
