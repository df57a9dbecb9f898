// argent-label - labels for white balance from captures: what the light was, and what the sensor saw without the chart. `argent label`
// runs it.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <new>
#include <opencv2/core/utility.hpp>

#include "aaa/controller.h"
#include "camera/spectral/illuminants.h"
#include "capture_label.h"
#include "isp/io/image_file.h"
#include "isp/pipeline.h"
#include "label_preview.h"
#include "label_report.h"
#include "label_set.h"
#include "linear_thumbnail.h"
#include "models/runtime/error.h"
#include "models/runtime/quoted_text.h"
#include "samples/batch_console.h"
#include "samples/input_options.h"
#include "samples/output_names.h"
#include "samples/usage_error.h"
#include "samples/white_balance.h"

namespace {

using namespace argent;
namespace fs = std::filesystem;

constexpr int kFailed = 1, kWrongUsage = 2;
constexpr float kUsualCct = 5500;  // kelvin, of the shading while the light is not known: what measure takes

constexpr const char* kExamples = R"(
What the light is read from:
  (nothing)        a ColorChecker Classic, found wherever and however turned it is in the picture
  --chart          the same, placed by hand: x,y of the outer corners of dark skin, bluish green, black, white
  --grey           a grey card, or whatever is known to be grey
  --kelvin         the camera's own curve of whites or matrices, at a temperature that was measured

What is written to --out (a folder that `argent train awb` and `argent evaluate awb` read):
  NAME.png         64 pixels along the longer side, 16 bit, linear, black subtracted, the largest number 65535;
                   chart, grey patch and what is clipped are 0,0,0
  labels.csv       file,camera,r,g,b,kelvin,lux,source,deviation,capture
  cameras.yaml     each camera's color matrices (XYZ to camera): those of its files or of --profile; --chart-light fits one
                   to the chart where there are none. Lights of two kinds, in two runs, make two
A capture that has its line already is passed over: an interrupted run is simply called again.

Examples:
  argent label captures/ --out labels --preview looks
  argent label IMG_5952.CR2 --out labels --grey 0.42,0.6,0.05,0.05
  argent label shade/*.raw --sidecar sensor.yaml --camera imx219 --chart-light D65 --out labels
  argent label lamp/ --profile imx219.yaml --kelvin 2850 --out labels --json | jq .rgb

Exit status: 0 all are labelled, 1 some are not (each says why), 2 the command line is wrong.
)";

struct Options {
  InputOptions input;
  std::string out, preview, camera, chart_light;
  std::optional<PlaneRect> grey;
  std::optional<Quadrilateral> chart;
  float kelvin = 0;
  Overwrite overwrite = Overwrite::kNo;
  bool json = false;
  Verbosity verbosity = Verbosity::kNormal;
};

std::string light_names() {
  std::string names;
  for (const CalibrationLight& light : calibration_lights()) names += (names.empty() ? "" : " ") + std::string(light.name);
  return names;
}

const CalibrationLight* light_named(const std::string& name) {
  for (const CalibrationLight& light : calibration_lights()) {
    if (name == light.name) return &light;
  }
  return nullptr;
}

void add_options(CLI::App& app, Options& options) {
  add_input_options(app, options.input);
  const char *light = "Light", *output = "Output";
  const auto text = [&app](const char* name, const char* type, const char* meaning, auto set) {
    return app.add_option_function<std::string>(name, set, meaning)->type_name(type);
  };
  CLI::Option* grey =
      text("--grey", "X,Y,W,H", "something grey, 0..1 of the frame", [&](const std::string& s) { options.grey = plane_rect_from_text(s); });
  CLI::Option* chart = text("--chart", "X1,Y1,..", "four corners of the chart's patches, clockwise from dark skin,\n0..1 of the frame",
                            [&](const std::string& s) { options.chart = corners_from_text(s); });
  CLI::Option* kelvin = app.add_option("--kelvin", options.kelvin, "temperature of the light")
                            ->check(CLI::Range(1667, 25'000).description(""))
                            ->type_name("K");
  CLI::Option* fit = text("--chart-light", "NAME", "", [&](const std::string& s) {
    if (light_named(s) == nullptr) throw Error("unknown light ", in_quotes(s), ", expected one of ", light_names());
    options.chart_light = s;
  });
  fit->description("fit a color matrix to the chart, taken to be in this light:\n" + light_names());
  grey->excludes(chart)->excludes(kelvin)->excludes(fit);
  kelvin->excludes(chart)->excludes(fit);
  for (CLI::Option* option : {grey, chart, kelvin, fit}) option->group(light);
  app.add_option("--out", options.out, "folder of the labels; made when missing, added to when there")
      ->type_name("DIR")
      ->required()
      ->group(output);
  app.add_option("--preview", options.preview, "folder for a JPEG a capture, with the patches drawn")->type_name("DIR")->group(output);
  app.add_option("--camera", options.camera, "its name (default: what the file says)")->type_name("NAME")->group(output);
  app.add_flag_callback(
         "--overwrite", [&] { options.overwrite = Overwrite::kYes; }, "label anew what has a label; replace previews")
      ->group(output);
  app.add_flag("--json", options.json, "one object a capture, one line each")->group(output);
  app.add_flag_callback(
         "--quiet", [&] { options.verbosity = Verbosity::kQuiet; }, "results, errors and warnings only")
      ->group(output);
  app.footer([] { return kExamples + std::string("\nParameters for --set, with their defaults:\n") + settable_parameters(); });
}

class Labeller {
 public:
  explicit Labeller(const Options& options)
      : options_(options), loader_(options.input), pipeline_(pipeline_params()), set_(options.out, options.overwrite) {
    if (options.preview.empty()) return;
    std::error_code error;
    fs::create_directories(options.preview, error);
    if (error) throw Error(options.preview, ": can't make the folder: ", error.message());
  }

  Outcome label(const fs::path& file) {
    Outcome outcome;
    if (set_.has(file) && options_.overwrite == Overwrite::kNo) {
      outcome.notes.push_back(file.string() + ": has its label already");
      return outcome;
    }
    const fs::path preview = options_.preview.empty() ? fs::path() : fs::path(options_.preview) / (stem_of(file) + ".jpg");
    check_new(preview, options_.overwrite);
    const RawFrame frame = loader_.load(file);
    for (const std::string& warning : frame.capture.warnings) outcome.warnings.push_back(file.string() + ": " + warning);
    SensorPicture picture = picture_at(frame, kUsualCct);
    Labelled done;
    try {
      done = measured(frame, picture);
    } catch (const Error& error) {
      save_preview(picture, nullptr, error.what(), preview);
      throw;
    }
    const Size size = thumbnail_size(picture);
    const Image thumbnail = linear_thumbnail(picture, size, masked_pixels(done.light, size), pipeline_.pool());
    done.picture = set_.picture_of(file);
    set_.add(file, done.label, calibration_matrices(matrices_), thumbnail);
    save_preview(picture, &done.light, label_text(done), preview);
    outcome.output = options_.json ? label_json(file, done) : file.string() + ": " + label_text(done) + "\n";
    return outcome;
  }

 private:
  PipelineParams pipeline_params() const {
    PipelineParams params = loader_.isp();
    params.threads = options_.input.threads;
    return params;
  }

  std::string camera_of(const RawFrame& frame) const {
    if (!options_.camera.empty()) return options_.camera;
    const std::string &make = frame.sensor.make, &model = frame.sensor.model;
    if (make.empty() && model.empty()) throw Error("the file does not say what camera it is of: give --camera NAME");
    return model.empty() || make.empty() ? make + model : make + " " + model;
  }

  /// What is known of the camera without its charts: of the file or the profile, else of the labels before this one.
  std::vector<ColorMatrix> matrices_known_of(const RawFrame& frame, const std::string& camera) const {
    if (!frame.sensor.matrices.empty()) return frame.sensor.matrices;
    std::vector<ColorMatrix> out = matrices_of(loader_.aaa().white_balance.prior.curve, loader_.isp().corrections);
    return out.empty() ? color_matrices(set_.matrices_of(camera)) : out;
  }

  SensorPicture picture_at(const RawFrame& frame, float cct) const {
    SensorPicture picture = sensor_picture(frame, pipeline_.pool());
    undo_shading(picture, loader_.isp().shading, cct);
    return picture;
  }

  MeasuredLight light_in(const SensorPicture& picture, const std::optional<Quadrilateral>& chart, std::span<const CctPoint> curve) const {
    if (options_.grey) return light_of_grey(picture, *options_.grey);
    if (options_.kelvin > 0) return light_of_kelvin(options_.kelvin, curve, matrices_);
    return light_of_chart(picture, chart);
  }

  /// Leaves the picture as it is in the light that was found.
  Labelled measured(const RawFrame& frame, SensorPicture& picture) {
    Labelled out;
    out.label.camera = camera_of(frame);
    matrices_ = matrices_known_of(frame, out.label.camera);
    const std::vector<CctPoint>& curve = loader_.aaa().white_balance.prior.curve;
    const auto kelvin = [&] { return options_.kelvin > 0 ? options_.kelvin : kelvin_of(out.light.light, curve, matrices_); };
    out.light = light_in(picture, options_.chart, curve);
    // The shading depends on the light: look again, now that its temperature is known.
    if (loader_.isp().shading.size() > 1 && kelvin() > 0) {
      picture = picture_at(frame, kelvin());
      out.light = light_in(picture, out.light.checker ? std::optional(out.light.checker->corners) : std::nullopt, curve);
    }
    if (!options_.chart_light.empty()) fit_matrix(out);
    if (matrices_.empty()) {
      throw Error(
          "no color matrix of its camera is known, and without one a label is of no use: give --profile, or --chart-light to fit one to a "
          "chart");
    }
    out.label.light = out.light.light;
    out.label.deviation = out.light.deviation;
    out.label.source = out.light.source;
    out.label.kelvin = kelvin();
    const Statistics statistics = pipeline_.measure(frame);
    out.label.lux = Controller(controller_params_for(frame, loader_.aaa())).update(statistics).trace.exposure.lux;
    return out;
  }

  /// The first chart in a light makes the camera's matrix for it.
  void fit_matrix(Labelled& out) {
    const CalibrationLight& light = *light_named(options_.chart_light);
    for (const ColorMatrix& known : matrices_) {
      if (known.cct == light.cct && options_.overwrite == Overwrite::kNo) return;
    }
    out.fit = fit_color_matrix({&*out.light.checker, 1}, light.code == 17 ? illuminant("A") : argent::daylight(light.cct));
    std::erase_if(matrices_, [&](const ColorMatrix& known) { return known.cct == light.cct; });
    matrices_.push_back({light.cct, out.fit->matrix.xyz_to_camera});
    if (matrices_.size() > 2) throw Error("its camera has matrices for two lights already, and cameras.yaml has room for two");
    std::sort(matrices_.begin(), matrices_.end(), [](const ColorMatrix& a, const ColorMatrix& b) { return a.cct < b.cct; });
  }

  void save_preview(const SensorPicture& picture, const MeasuredLight* light, const std::string& caption, const fs::path& file) const {
    if (file.empty()) return;
    save_image(label_preview(picture, light, caption, pipeline_.pool()), file, {.overwrite = options_.overwrite});
  }

  const Options& options_;
  FrameLoader loader_;
  Pipeline pipeline_;
  LabelSet set_;
  std::vector<ColorMatrix> matrices_;  // of the capture at hand
};

int run(const Options& options) {
  const Inputs inputs = inputs_of(options.input);
  if (inputs.files.size() > 1 && (options.grey || options.chart)) {
    throw UsageError("--grey and --chart say where something is in one capture, but there are " + std::to_string(inputs.files.size()));
  }
  if (options.input.threads > 0) cv::setNumThreads(options.input.threads);
  Labeller labeller(options);
  // One at a time: what one chart says of the camera serves the next capture, and the lines come in the order of the files.
  ConsoleOptions console{.workers = 1, .verbosity = options.verbosity, .verb = "labelled"};
  if (options.json) console.failure_output = label_failure_json;
  return run_on_console(inputs, console, [&](const fs::path& file, std::size_t) { return labeller.label(file); });
}

int wrong_usage(const std::exception& error) {
  print_message(error.what());
  print_message("see argent label --help");
  return kWrongUsage;
}

int run(int argc, char** argv) {
  CLI::App app("Labels captures for white balance: the light by a chart, and a thumbnail without it.", "argent label");
  app.get_formatter()->column_width(34);
  Options options;
  add_options(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return error.get_exit_code() == 0 ? app.exit(error) : wrong_usage(error);
  } catch (const Error& error) {  // the value of an option
    return wrong_usage(error);
  }
  try {
    return run(options);
  } catch (const UsageError& error) {
    return wrong_usage(error);
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::bad_alloc&) {
    argent::print_message("not enough memory");
  } catch (const std::exception& error) {
    argent::print_message(error.what());
  }
  return kFailed;
}
