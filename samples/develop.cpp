#include "samples/develop.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <utility>

#include "aaa/controller.h"
#include "isp/pipeline.h"
#include "models/runtime/error.h"
#include "samples/develop_options.h"
#include "samples/json.h"
#include "samples/stopwatch.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

PipelineParams pipeline_params(PipelineParams params, OutputParams output, ColorSpace color, int threads) {
  output.color = color;
  params.output = output;
  params.threads = threads;
  return params;
}

class Developer {
 public:
  Developer(const DevelopOptions& options, const OutputParams& output, int kernel_threads)
      : options_(options),
        loader_(options.input),
        params_(with_reference_frames(loader_.isp(), options.reference_frames, loader_)),
        srgb_(pipeline_params(params_, output, ColorSpace::kSrgb, kernel_threads)),
        camera_(pipeline_params(params_, output, ColorSpace::kCamera, kernel_threads)) {}

  /// The whole way of one file. Several threads may develop at once.
  Outcome develop(const fs::path& file, const PlannedOutput& output) const {
    StepTimes times;
    Stopwatch watch;
    const RawFrame frame = loader_.load(file);
    times.decode = watch.lap();

    auto [choices, notes] = settle(options_.choices, file, frame, loader_.isp());
    const Pipeline& pipeline = choices.color == ColorSpace::kSrgb ? srgb_ : camera_;
    Controls controls = known_balance(choices.white_balance, frame, loader_.aaa().white_balance.prior);
    watch.lap();
    const RawFrame corrected = pipeline.correct(frame);
    Statistics statistics = pipeline.measure(corrected, controls);
    times.measure = watch.lap();

    Controller controller(controller_params_for(frame, loader_.aaa()));
    Decision decision = controller.update(statistics);
    times.decide = watch.lap();

    if (choices.white_balance.mode == WhiteBalanceChoice::Mode::kAuto) {
      take_balance(decision, frame, controls);
      // The shading mesh depends on the light: look again, now that its temperature is known.
      if (!pipeline.params().shading.empty() && controls.colour_temperature > 0) {
        statistics = pipeline.measure(corrected, controls);
        times.measure += watch.lap();
        decision = controller.update(statistics);
        times.decide += watch.lap();
        take_balance(decision, frame, controls);
      }
      if (decision.trace.white_balance.confidence <= 0) notes.push_back(file.string() + ": nothing tells the color of the light");
    }
    controls.digital_gain = digital_gain_for(choices, frame, decision);

    watch.lap();
    const Image picture = pipeline.render(corrected, controls);
    times.render = watch.lap();
    save_image(picture, output.file, {options_.jpeg_quality, options_.output.overwrite}, &frame);
    times.encode = watch.lap();

    return outcome({{file, frame, statistics, decision, times},
                    output,
                    picture,
                    choices,
                    controls,
                    pipeline.params().output,
                    pipeline.params().demosaic.method},
                   std::move(notes));
  }

 private:
  void take_balance(const Decision& decision, const RawFrame& frame, Controls& controls) const {
    controls.colour_gains = decision.controls.colour_gains;
    controls.colour_temperature = decision.controls.colour_temperature;
    if (controls.colour_temperature <= 0) {
      controls.colour_temperature = cct_of(controls.colour_gains, frame, loader_.aaa().white_balance.prior);
    }
  }

  Outcome outcome(const DevelopReport& report, std::vector<std::string> notes) const {
    Outcome outcome;
    outcome.notes = std::move(notes);
    for (const std::string& warning : report.measured.frame.capture.warnings) {
      outcome.warnings.push_back(report.measured.file.string() + ": " + warning);
    }
    if (options_.json) {
      outcome.output = json_of(report);
    } else if (options_.verbosity == Verbosity::kVerbose) {
      outcome.output = text_of(report);
    } else if (options_.verbosity == Verbosity::kNormal) {
      outcome.output = report.output.file.string() + "\n";
    }
    return outcome;
  }

  const DevelopOptions& options_;
  FrameLoader loader_;
  PipelineParams params_;
  Pipeline srgb_, camera_;  // a Pipeline's output is fixed; which one serves depends on what the frame knows
};

int run(const DevelopOptions& options) {
  const Inputs inputs = inputs_of(options.input);
  const std::vector<PlannedOutput> outputs = plan_outputs(inputs, options.output);
  if (outputs.empty()) return run_on_console(inputs, {}, {});

  const Workload load = share_threads(options.input.threads, inputs.files.size());
  const Developer developer(options, output_params_of(options, outputs.front().format), load.kernel_threads);

  ConsoleOptions console{.workers = load.workers, .verbosity = options.verbosity, .verb = "developed"};
  if (options.json) console.failure_output = json_of_failure;
  return run_on_console(inputs, console, [&](const fs::path& file, std::size_t index) {
    if (!outputs[index].problem.empty()) throw Error(outputs[index].problem);
    return developer.develop(file, outputs[index]);
  });
}

}  // namespace

std::function<int()> add_develop_command(CLI::App& app) {
  const auto options = std::make_shared<DevelopOptions>();
  CLI::App* command = app.add_subcommand("develop", "turn RAW files into pictures");
  add_develop_options(*command, *options);
  return [options] { return run(*options); };
}

}  // namespace argent
