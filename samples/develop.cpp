#include "samples/develop.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <utility>

#include "aaa/controller.h"
#include "isp/io/banded_jpeg.h"
#include "isp/io/stage_folder.h"
#include "isp/io/y4m_writer.h"
#include "isp/picture_area.h"
#include "models/runtime/error.h"
#include "models/runtime/output_file.h"
#include "samples/balance_box.h"
#include "samples/develop_options.h"
#include "samples/json.h"
#include "samples/lens_shelf.h"
#include "samples/picture_xmp.h"
#include "samples/pipeline_shelf.h"
#include "samples/stopwatch.h"
#include "samples/usage_error.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

class Developer {
 public:
  Developer(const DevelopOptions& options, PixelType type, int kernel_threads)
      : options_(options),
        type_(type),
        kernel_threads_(kernel_threads),
        loader_(options.input),
        references_(loaded(options.reference_frames, loader_)) {}

  /// The whole way of one file. Several threads may develop at once.
  Outcome develop(const fs::path& file, const PlannedOutput& output) {
    const auto stages = options_.dump_stages.empty() ? nullptr : std::make_unique<StageFolder>(options_.dump_stages);
    StepTimes times;
    Stopwatch watch;
    RawFrame frame = loader_.load(file);
    const SettingsLayers& layers = loader_.settings();
    const auto settings = options_.sidecars == Sidecars::kRead ? layers.of_photo(file) : layers.common();
    times.decode = watch.lap();

    DevelopChoices wanted = choices_of(settings->develop);
    if (output.format == ImageFormat::kExr) wanted.encoding = Encoding::kLinear;  // the format's only one
    auto [choices, notes] = settle(wanted, file, frame, settings->isp);
    frame.capture.orientation = then(frame.capture.orientation, choices.turn);
    FoundLens lens = lenses_.find(frame, choices.lens, choices.focal_length);
    frame.lens = std::move(lens.correction);
    if (lens.note) notes.push_back(file.string() + ": " + *lens.note);
    const auto pipeline = pipeline_for(*settings, choices);
    if (choices.white_balance.mode == WhiteBalanceChoice::Mode::kBox) {
      choices.white_balance.gains = balance_of_area(frame, sensor_area(frame, pipeline->params(), choices.white_balance.box));
    }
    const AutoWhiteBalanceParams& balance = settings->aaa.white_balance;
    Controls controls = known_balance(choices.white_balance, frame, balance.prior);
    watch.lap();
    const RawFrame corrected = pipeline->correct(frame);
    Statistics statistics = pipeline->measure(corrected, controls);
    times.measure = watch.lap();

    Controller controller(controller_params_for(frame, settings->aaa));
    Decision decision = controller.update(statistics);
    times.decide = watch.lap();

    if (choices.white_balance.mode == WhiteBalanceChoice::Mode::kAuto) {
      take_balance(decision, frame, balance.prior, controls);
      // The shading mesh depends on the light: look again, now that its temperature is known.
      if (!pipeline->params().shading.empty() && controls.colour_temperature > 0) {
        statistics = pipeline->measure(corrected, controls);
        times.measure += watch.lap();
        decision = controller.update(statistics);
        times.decide += watch.lap();
        take_balance(decision, frame, balance.prior, controls);
      }
      if (decision.trace.white_balance.confidence <= 0) notes.push_back(file.string() + ": nothing tells the color of the light");
    }
    controls = with_tint(std::move(controls), choices.white_balance, frame);
    controls.digital_gain = digital_gain_for(choices, frame, decision);

    watch.lap();
    ImageInfo info;
    std::string stream;
    const auto how = [&] { return save_options(xmp_of({file, output, frame, *settings, choices, controls, decision})); };
    if (output.format == ImageFormat::kJpeg && output.file != kStdout && !stages) {
      BandedJpeg jpeg(output.file, pipeline->output_size(corrected), how(), &frame);
      pipeline->render_in_bands(corrected, controls, [&](Image band) {
        info = band.info();
        jpeg.take(std::move(band));
      });
      info.size = pipeline->output_size(corrected);
      times.render = watch.lap();
      jpeg.finish();
    } else {
      const Image picture = stages ? pipeline->render(frame, controls, *stages) : pipeline->render(corrected, controls);
      info = picture.info();
      if (stages) stages->finish();
      times.render = watch.lap();
      if (output.file == kStdout) {
        stream = y4m_of(*pipeline, picture);
      } else {
        save_image(picture, output.file, how(), &frame);
      }
    }
    save_settings(*settings, file);
    times.encode = watch.lap();

    Outcome done = outcome({{file, frame, statistics, decision, times},
                            output,
                            info,
                            choices,
                            controls,
                            pipeline->params().output,
                            pipeline->params().demosaic.method},
                           std::move(notes));
    if (output.file == kStdout) done.output = std::move(stream);
    return done;
  }

 private:
  std::shared_ptr<const Pipeline> pipeline_for(const Settings& settings, const DevelopChoices& choices) {
    PipelineParams params = settings.isp;
    params.output = output_params_of(choices, type_);  // its color depends on what the frame knows
    params.output.lut = settings.lut;
    params.geometry.rotate += choices.rotate;
    params.threads = kernel_threads_;
    params.dark = references_.dark;
    params.flat = references_.flat;
    return pipelines_.get(write_settings(settings) + (choices.color != ColorSpace::kCamera ? "" : "# camera\n"), params);
  }

  static void take_balance(const Decision& decision, const RawFrame& frame, const IlluminantPrior& prior, Controls& controls) {
    controls.colour_gains = decision.controls.colour_gains;
    controls.colour_temperature = decision.controls.colour_temperature;
    if (controls.colour_temperature <= 0) controls.colour_temperature = cct_of(controls.colour_gains, frame, prior);
  }

  std::string y4m_of(const Pipeline& pipeline, const Image& picture) const {
    const YuvImage frame = pipeline.to_yuv(picture, options_.yuv);
    std::string bytes;
    const auto append = [&](const void* data, std::size_t size) { bytes.append(static_cast<const char*>(data), size); };
    Y4mWriter(append, frame.size(), {1, 1}, options_.yuv).write(frame);
    return bytes;
  }

  SaveOptions save_options(std::string xmp) const {
    SaveOptions how{
        .jpeg_quality = options_.jpeg_quality, .overwrite = options_.output.overwrite, .xmp = std::move(xmp), .yuv = options_.yuv};
    if (options_.bit_depth == 32) how.exr = ExrSample::kFloat;
    return how;
  }

  void save_settings(const Settings& settings, const fs::path& photo) const {
    if (options_.write_sidecar) write_file(sidecar_of(photo), write_settings(settings), options_.output.overwrite);
    if (!options_.save_settings.empty()) write_file(options_.save_settings, write_settings(settings), options_.output.overwrite);
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
  PixelType type_;
  int kernel_threads_;
  FrameLoader loader_;
  LoadedReferences references_;
  PipelineShelf pipelines_;
  LensShelf lenses_;
};

/// What must not be replaced, and what has no place, is said before the work.
void check_outputs(const DevelopOptions& options, const Inputs& inputs) {
  if (options.output.output == kStdout && (options.json || options.verbosity == Verbosity::kVerbose))
    throw UsageError("-o - writes the picture to stdout, where --json and --verbose have no place");
  const bool several = inputs.may_be_several || inputs.files.size() > 1;
  if (several && !options.dump_stages.empty()) throw UsageError("--dump-stages is of one photo");
  if (options.save_settings.empty()) return;
  if (several) throw UsageError("--save-settings is of one photo: --write-sidecar writes a file for each");
  check_new(options.save_settings, options.output.overwrite);
}

int run(const DevelopOptions& options) {
  const Inputs inputs = inputs_of(options.input);
  const std::vector<PlannedOutput> outputs = plan_outputs(inputs, options.output);
  if (outputs.empty()) return run_on_console(inputs, {}, {});
  check_outputs(options, inputs);

  const Workload load = share_threads(options.input.threads, inputs.files.size());
  Developer developer(options, pixel_type_of(options, outputs.front().format), load.kernel_threads);

  ConsoleOptions console{.workers = load.workers, .verbosity = options.verbosity, .verb = "developed"};
  if (options.json) console.failure_output = json_of_failure;
  return run_on_console(inputs, console, [&](const fs::path& file, std::size_t index) {
    if (!outputs[index].problem.empty()) throw Error(outputs[index].problem);
    if (options.write_sidecar) check_new(sidecar_of(file), options.output.overwrite);
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
