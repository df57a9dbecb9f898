#include "samples/synth.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <thread>

#include "calibration/synthesis/synthetic_set.h"
#include "isp/io/image_file.h"
#include "isp/io/mosaic_file.h"
#include "models/runtime/error.h"
#include "samples/batch_console.h"
#include "samples/progress.h"
#include "samples/synth_preview.h"
#include "samples/usage_error.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

constexpr double kDefectsEach = 8e-5;  // pixel: a usual sensor's

constexpr const char* kExamples = R"(Examples:
  argent synth -o my_set
  argent synth -o my_set --preview && argent calibrate my_set
  argent synth -o sets --spectra data/spectral --camera Canon_EOS_5D --camera Nikon_D810 --illuminant A,LED-B1,D65
  argent synth -o small --size 640x480 --captures charts,darks --gains 1,4 --set lens.falloff=0
  argent synth -o bad --break two-charts --captures charts

A set is a folder of DNGs with set.yaml, which says what each of them is, and truth.yaml, which says what is true of the camera: black,
noise at each gain, gains, linearity, defects, falloff, colors of all lights, the best matrix there can be, lateral color, sharpness, focus,
delays. The DNGs themselves say nothing of it but time and gain. The same options and seed give the same bytes.

A light is A, D50, D65, FL11, LED-B1 .., a name in SPECTRA/illuminants, or natural light by its temperature, 3500K. Charts and flats are
captured under each, the rest under the one nearest to daylight of 5500 K. Several cameras become folders of their own.
--set takes every number of the camera; `argent synth --list-settings` shows them. What is neutral: sensor.photon_noise=none,
sensor.read_electrons=0, sensor.converter_noise=0, sensor.green_imbalance=0, lens.falloff=0, lens.color=0,0,0, lens.color_slope=0,0,0,
lens.red=1,0, lens.blue=1,0, lens.backlash=0, --defects 0, --tilt 0, --turn 0.
--break: missing, clipped, blurred, two-charts, dark, rotated-90, rotated-180, wrong-chart, nan-tag, duplicate, contradictory (a label says
another light) break the first chart; single leaves nothing else.
Exit status: 0 all made, 1 a set could not be, 2 the command line is wrong.
)";

struct SynthOptions {
  std::string output, spectra, size, cfa, fault;
  std::vector<std::string> cameras{"analytic"}, illuminants{"A", "3500K", "FL11", "D50", "D65", "D75"}, parts, settings;
  int bits = 12, threads = 0;
  std::optional<int> defects;
  bool preview = false, list_settings = false;
  SyntheticSetOptions set;
  Overwrite overwrite = Overwrite::kNo;
};

/// The folder of spectra: --spectra, or where the data of the tests is.
fs::path spectra_of(const SynthOptions& options) {
  if (!options.spectra.empty()) return options.spectra;
  const char* data = std::getenv("ARGENT_DATA");
  return data == nullptr ? fs::path() : fs::path(data) / "spectral";
}

/// "Canon_EOS_5D" of ".../Canon_EOS_5D_380_780_5.json".
std::string plain_name(const fs::path& file) {
  std::string name = file.extension() == ".json" ? file.stem().string() : file.filename().string();
  const std::string range = "_380_780_5";
  if (name.ends_with(range)) name.resize(name.size() - range.size());
  return name;
}

std::vector<std::string> all_cameras(const fs::path& spectra) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator at(spectra / "cameras", error), end; !error && at != end; at.increment(error)) {
    if (at->path().extension() == ".json") names.push_back(at->path().string());
  }
  if (error) throw Error((spectra / "cameras").string(), ": ", error.message());
  std::sort(names.begin(), names.end());
  return names;
}

Sensitivities sensitivities_of(const std::string& camera, const fs::path& spectra) {
  if (camera == "analytic") return analytic_sensitivities();
  if (fs::path(camera).extension() == ".json") return read_sensitivities(camera);
  if (spectra.empty()) throw Error("camera ", camera, " needs --spectra DIR, where its sensitivities are");
  return measured_sensitivities(camera, spectra);
}

/// What of a camera does not depend on its name.
KnownCamera plain_camera(const SynthOptions& options) {
  KnownCamera camera;
  if (!options.size.empty()) camera.sensor.size = size_from_text(options.size);
  if (!options.cfa.empty()) camera.sensor.cfa = cfa_from_name(options.cfa);
  camera.sensor.bits = options.bits;
  const float scale = std::exp2(static_cast<float>(options.bits - 12));  // levels are written down for 12 bits
  camera.sensor.nominal_black *= scale;
  for (float& black : camera.sensor.black) black *= scale;
  const std::vector<Field> fields = fields_of(camera);
  for (const std::string& setting : options.settings) assign(fields, setting, "--set");
  camera.sensitivities = analytic_sensitivities();
  check(camera);
  const Size size = camera.sensor.size;
  const auto usual = static_cast<int>(kDefectsEach * size.width * size.height);
  camera.sensor.defects = random_defects(size, options.defects.value_or(usual), options.set.seed);
  return camera;
}

void write_previews(const SyntheticSet& set, const fs::path& folder, Overwrite overwrite) {
  BufferPool pool;
  SaveOptions save;
  save.overwrite = overwrite;
  for (const SyntheticCapture& capture : set.captures) {
    const bool shows = capture.part == SetPart::kCharts || capture.part == SetPart::kEdge || capture.part == SetPart::kDots;
    if (shows) save_image(preview_of(set, capture, pool), folder / fs::path(capture.file).replace_extension(".png"), save);
  }
}

void make_set(const SyntheticSet& set, const fs::path& folder, const SynthOptions& options) {
  ProgressBar bar(set.captures.size(), "capture");
  SetWriting writing;
  writing.threads = options.threads > 0 ? options.threads : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  writing.overwrite = options.overwrite;
  writing.progress = [&](std::size_t finished) { bar.update(finished, 0); };
  write_set(set, folder, writing);
  if (options.preview) write_previews(set, folder, options.overwrite);
  bar.clear();
  print_result(folder.string() + ": " + std::to_string(set.captures.size()) + " captures of " + set.camera.name + "\n");
}

/// What the command line says of every set. Throws UsageError.
SyntheticSetOptions set_options(const SynthOptions& options, const fs::path& spectra) {
  try {
    SyntheticSetOptions set = options.set;
    for (const std::string& name : options.illuminants) set.lights.push_back(known_light(name, spectra));
    if (!options.parts.empty()) set.parts.clear();
    for (const std::string& part : options.parts) set.parts.push_back(set_part(part));
    if (!options.fault.empty()) set.fault = set_fault(options.fault);
    return set;
  } catch (const UsageError&) {
    throw;
  } catch (const Error& error) {
    throw UsageError(error.what());
  }
}

int run(const SynthOptions& options) {
  if (options.list_settings) {
    KnownCamera camera;
    print_result(table_of(fields_of(camera)));
    return 0;
  }
  if (options.output.empty()) throw UsageError("-o FOLDER is required");
  const fs::path spectra = spectra_of(options), output = options.output;
  const SyntheticSetOptions wanted = set_options(options, spectra);
  const KnownCamera plain = [&] {
    try {
      KnownCamera camera = plain_camera(options);
      (void)plan_set(camera, wanted);  // what is wrong with any camera's set is wrong with the command line
      return camera;
    } catch (const Error& error) {
      throw UsageError(error.what());
    }
  }();
  const bool all = options.cameras == std::vector<std::string>{"all"};
  if (all && spectra.empty()) throw UsageError("--camera all needs --spectra DIR");
  const std::vector<std::string> cameras = all ? all_cameras(spectra) : options.cameras;
  int failed = 0;
  std::error_code error;
  if (cameras.size() > 1 && !fs::create_directory(output, error) && error) throw Error(output.string(), ": ", error.message());
  for (const std::string& name : cameras) {
    try {
      KnownCamera camera = plain;
      camera.name = plain_name(name) + " (synthetic)";
      std::replace(camera.name.begin(), camera.name.end(), '_', ' ');
      camera.sensitivities = sensitivities_of(name, spectra);
      make_set(plan_set(std::move(camera), wanted), cameras.size() > 1 ? output / plain_name(name) : output, options);
    } catch (const Error& problem) {
      print_message(problem.what());
      failed++;
    }
  }
  return failed > 0 ? 1 : 0;
}

void add_camera_options(CLI::App& command, SynthOptions& options) {
  command
      .add_option("--camera", options.cameras,
                  "analytic (default), a name in SPECTRA/cameras, a file of rawtoaces' form, or all; several become folders")
      ->type_name("NAME|FILE,..")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->group("Camera");
  command.add_option("--spectra", options.spectra, "folder of measured spectra (default: $ARGENT_DATA/spectral)")
      ->type_name("DIR")
      ->group("Camera");
  command.add_option("--size", options.size, "of the sensor (default: 1280x960)")->type_name("WxH")->group("Camera");
  command.add_option("--bits", options.bits, "of a code (default: 12)")
      ->check(CLI::IsMember({10, 12, 14}))
      ->type_name("N")
      ->group("Camera");
  command.add_option("--cfa", options.cfa, "rggb (default), grbg, gbrg, bggr")->type_name("NAME")->group("Camera");
  command.add_option("--defects", options.defects, "hot and dead pixels (default: 80 a megapixel)")->type_name("N")->group("Camera");
  command.add_option("--set", options.settings, "a number of the camera")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false)
      ->group("Camera");
  command.add_flag("--list-settings", options.list_settings, "what --set takes, and nothing else")->group("Camera");
}

void add_set_options(CLI::App& command, SynthOptions& options) {
  command.add_option("--illuminant", options.illuminants, "lights (default: A,3500K,FL11,D50,D65,D75)")
      ->type_name("NAME,..")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->group("Captures");
  command.add_option("--captures", options.parts, "charts, flats, darks, ramp, focus, edge, dots, step (default: all)")
      ->delimiter(',')
      ->type_name("PART,..")
      ->group("Captures");
  command.add_option("--gains", options.set.gains, "analogue gains of darks and ramps (default: 1,2,4,8)")
      ->delimiter(',')
      ->type_name("N,..")
      ->group("Captures");
  command.add_option("--lux", options.set.lux, "on the target (default: 800)")->type_name("LX")->group("Captures");
  command.add_option("--tilt", options.set.tilt, "of charts, at most, degrees (default: 8)")->type_name("DEG")->group("Captures");
  command.add_option("--turn", options.set.turn, "of charts, at most, degrees (default: 4)")->type_name("DEG")->group("Captures");
  command.add_option("--glare", options.set.glare, "the lamp's reflection on charts, share of white (default: 0)")
      ->type_name("X")
      ->group("Captures");
  command.add_option("--break", options.fault, "something that is wrong with the set, see below")->type_name("KIND")->group("Captures");
  command.add_option("--seed", options.set.seed, "of all that is random (default: 1)")->type_name("N")->group("Captures");
}

}  // namespace

std::function<int()> add_synth_command(CLI::App& app) {
  auto options = std::make_shared<SynthOptions>();
  CLI::App* command = app.add_subcommand("synth", "make a calibration set of which everything is known");
  command->add_option("-o,--output", options->output, "the set's folder")->type_name("FOLDER");
  command->add_flag("--preview", options->preview, "charts, edges and dots as PNG, too");
  command->add_option("--threads", options->threads, "cores to use (default: all)")->check(CLI::Range(0, 1024))->type_name("N");
  command->add_flag_callback(
      "--overwrite", [options] { options->overwrite = Overwrite::kYes; }, "replace files that exist");
  add_camera_options(*command, *options);
  add_set_options(*command, *options);
  command->footer(kExamples);
  return [options] { return run(*options); };
}

}  // namespace argent
