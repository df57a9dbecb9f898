#include "samples/convert.h"

#include <CLI/CLI.hpp>
#include <cmath>
#include <memory>
#include <utility>

#include "aaa/controller.h"
#include "isp/io/dng_writer.h"
#include "isp/pipeline.h"
#include "models/runtime/error.h"
#include "samples/batch_console.h"
#include "samples/input_options.h"
#include "samples/output_names.h"
#include "samples/white_balance.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

constexpr const char* kExamples = R"(Examples:
  argent convert IMG_5952.CR2                     IMG_5952.dng beside it
  argent convert ~/photos -o dng/                 a whole folder
  argent convert mosaic.raw --size 1920x1080 --cfa bggr --bits 12 --wb auto -o mosaic.dng
  argent convert IMG_5952.CR2 --profile camera.yaml -o out.dng

The DNG has the codes as they are, bit for bit, with levels, color matrices, as-shot white, noise, orientation,
crop and EXIF; a DNG's own opcodes and tables are kept. --profile brings levels, matrices and the lens's
falloff (as GainMaps, which converters apply). The preview is what `argent develop` shows.

Exit status: 0 all converted, 1 some or all failed, 2 the command line is wrong.
)";

struct ConvertOptions {
  InputOptions input;
  std::string output;
  Overwrite overwrite = Overwrite::kNo;
  DngCompression compression = DngCompression::kLossless;
  enum class Preview { kJpeg, kNone } preview = Preview::kJpeg;
  WhiteBalanceChoice white_balance;
  Verbosity verbosity = Verbosity::kNormal;
};

PipelineParams preview_params(PipelineParams params, int threads) {
  constexpr Size kPreview{1024, 1024};
  params.output.fit = kPreview;
  params.output.orientation = Orientation::kNormal;  // the file's turns it, as it turns the mosaic
  params.output.camera_color_without_matrix = true;
  params.threads = threads;
  return params;
}

class Converter {
 public:
  Converter(const ConvertOptions& options, int kernel_threads)
      : options_(options), loader_(options.input), pipeline_(preview_params(loader_.isp(), kernel_threads)) {}

  /// The whole way of one file. Several threads may convert at once.
  Outcome convert(const fs::path& file, const fs::path& output) const {
    const RawFrame frame = loader_.load(file);
    Outcome outcome;
    for (const std::string& warning : frame.capture.warnings) outcome.warnings.push_back(file.string() + ": " + warning);
    const bool color = frame.sensor.cfa != CfaPattern::kMonochrome;
    const Controls controls = controls_for(file, frame, outcome);

    DngOptions dng{.overwrite = options_.overwrite, .compression = options_.compression, .exif_from = file};
    if (color) dng.as_shot_gains = controls.colour_gains;
    if (controls.colour_temperature > 0) dng.colour_temperature = controls.colour_temperature;
    dng.shading = loader_.isp().shading;
    Image preview;
    if (options_.preview == ConvertOptions::Preview::kJpeg) {
      preview = pipeline_.render(frame, controls);
      dng.preview = &preview;
    }
    save_dng(frame, output, dng);
    if (options_.verbosity == Verbosity::kNormal) outcome.output = output.string() + "\n";
    return outcome;
  }

 private:
  /// As-shot white, and for the preview the brightness that `argent develop` would give it.
  Controls controls_for(const fs::path& file, const RawFrame& frame, Outcome& outcome) const {
    WhiteBalanceChoice choice = options_.white_balance;
    if (frame.sensor.cfa == CfaPattern::kMonochrome) choice = {.mode = WhiteBalanceChoice::Mode::kGains};
    if (choice.mode == WhiteBalanceChoice::Mode::kCamera && !frame.capture.as_shot_gains) {
      outcome.notes.push_back(file.string() + ": no white balance in the file: using --wb auto");
      choice.mode = WhiteBalanceChoice::Mode::kAuto;
    }
    const IlluminantPrior& prior = loader_.aaa().white_balance.prior;
    Controls controls = known_balance(choice, frame, prior);
    controls.digital_gain = std::exp2(frame.capture.baseline_exposure.value_or(0));
    const bool metered = frame.applied.settings.exposure.count() > 0, automatic = choice.mode == WhiteBalanceChoice::Mode::kAuto;
    if (metered && !automatic) return controls;
    const Decision decision = Controller(controller_params_for(frame, loader_.aaa())).update(pipeline_.measure(frame, controls));
    if (!metered) controls.digital_gain = decision.controls.digital_gain;
    if (!automatic) return controls;
    if (decision.trace.white_balance.confidence <= 0) outcome.notes.push_back(file.string() + ": nothing tells the color of the light");
    controls.colour_gains = decision.controls.colour_gains;
    controls.colour_temperature = decision.controls.colour_temperature;
    if (controls.colour_temperature <= 0) controls.colour_temperature = cct_of(controls.colour_gains, frame, prior);
    return controls;
  }

  const ConvertOptions& options_;
  FrameLoader loader_;
  Pipeline pipeline_;
};

int run(const ConvertOptions& options) {
  const Inputs inputs = inputs_of(options.input);
  const std::vector<PlannedFile> outputs = plan_dng_outputs(inputs, options.output, options.overwrite);
  if (outputs.empty()) return run_on_console(inputs, {}, {});
  const Workload load = share_threads(options.input.threads, inputs.files.size());
  const Converter converter(options, load.kernel_threads);
  const ConsoleOptions console{.workers = load.workers, .verbosity = options.verbosity, .verb = "converted"};
  return run_on_console(inputs, console, [&](const fs::path& file, std::size_t index) {
    if (!outputs[index].problem.empty()) throw Error(outputs[index].problem);
    return converter.convert(file, outputs[index].file);
  });
}

void add_output_options(CLI::App& app, ConvertOptions& options) {
  const char* group = "Output";
  app.add_option("-o,--output", options.output,
                 "DNG, or folder for several (made when missing);\nends in / for a folder; default: beside each input")
      ->type_name("FILE.dng|DIR")
      ->group(group);
  app.add_flag_callback(
         "--overwrite", [&] { options.overwrite = Overwrite::kYes; }, "replace files that exist")
      ->group(group);
  app.add_option_function<std::string>(
         "--compression",
         [&](const std::string& name) { options.compression = name == "none" ? DngCompression::kNone : DngCompression::kLossless; },
         "lossless (default: lossless JPEG) or none")
      ->check(CLI::IsMember({"none", "lossless"}).description(""))
      ->type_name("NAME")
      ->group(group);
  app.add_flag_callback(
         "--no-preview", [&] { options.preview = ConvertOptions::Preview::kNone; }, "no JPEG for programs that do not develop")
      ->group(group);
  app.add_option_function<std::string>(
         "--wb", [&](const std::string& text) { options.white_balance = white_balance_from_text(text); },
         "the as-shot white: camera (default), auto, multipliers\nas 2.0,1,1.6 or a temperature as 5500")
      ->type_name("camera|auto|R,G,B|KELVIN")
      ->group(group);
  app.add_flag_callback(
         "--quiet", [&] { options.verbosity = Verbosity::kQuiet; }, "only errors and warnings")
      ->group("Report");
}

}  // namespace

std::function<int()> add_convert_command(CLI::App& app) {
  const auto options = std::make_shared<ConvertOptions>();
  CLI::App* command = app.add_subcommand("convert", "turn RAW files into DNG");
  add_input_options(*command, options->input);
  add_output_options(*command, *options);
  command->footer([] { return kExamples + std::string("\nParameters for --set, with their defaults:\n") + settable_parameters(); });
  return [options] { return run(*options); };
}

}  // namespace argent
