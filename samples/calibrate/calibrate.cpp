// argent-calibrate - from a folder of captures to a camera's profile. `argent calibrate` runs it.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <new>
#include <opencv2/core/utility.hpp>

#include "calibration/calibrate/calibrator.h"
#include "models/runtime/error.h"
#include "models/runtime/output_file.h"
#include "samples/batch_console.h"
#include "samples/calibrate/calibration_report.h"
#include "samples/calibrate/calibration_text.h"
#include "samples/progress.h"

namespace {

using namespace argent;
namespace fs = std::filesystem;

constexpr int kFailed = 1, kWrongUsage = 2;

constexpr const char* kExamples = R"(
A set is a folder with captures and a set.yaml that says what each of them is; without one, names say it as Raspberry Pi's
ctt has them: alsc_3000k_0.dng (even surface), d65_5858k_1344l.dng (ColorChecker), dark_0.dng, cac_0.dng (dots).

  argent_calibration_set: 1
  camera: my camera
  captures:
    - {file: a.dng, kind: chart, illuminant: D65, cct: 6504, lux: 800}   # ColorChecker Classic, found by itself;
    - {file: b.dng, kind: chart, cct: 2900, chart: [x, y, x, y, x, y, x, y]}  # or its corners, 0..1, from dark skin clockwise
    - {file: c.dng, kind: flat, cct: 2900}       # an even surface: shading
    - {file: d.dng, kind: dark}                  # cap on, two or more a gain: black, read noise, hot pixels
    - {file: e.dng, kind: ramp}                  # even surface at rising exposures, two of each: noise, linearity, white

What is missing is said, with what it is for. RAW files, DNG and headerless mosaics (mosaics: description.yaml) are read.

Examples:
  argent calibrate captures/ -o camera.yaml
  argent calibrate captures/ -o camera.yaml --report camera.html
  argent develop photo.dng --profile camera.yaml

Exit status: 0 all went well, 1 something failed (each says why; what could be measured is in the profile, marked as partial),
2 the command line is wrong.
)";

struct Options {
  std::string set, out, report, spectra;
  Overwrite overwrite = Overwrite::kNo;
  int threads = 0;
  Verbosity verbosity = Verbosity::kNormal;
};

void add_options(CLI::App& app, Options& options) {
  app.add_option("set", options.set, "folder of captures")->type_name("SET")->required();
  app.add_option("-o,--output", options.out, "profile to write, YAML")->type_name("FILE")->required();
  app.add_option("--report", options.report, "page with plots: colors, whites, noise, shading, what to capture next")
      ->type_name("FILE.html");
  app.add_option("--spectra", options.spectra, "folder of measured lights (illuminants/illum__NAME.csv), for names\nthat are not built in")
      ->type_name("DIR");
  app.add_flag_callback(
      "--overwrite", [&] { options.overwrite = Overwrite::kYes; }, "replace what is there");
  app.add_option("--threads", options.threads, "of the search for charts (default: all cores)")
      ->type_name("N")
      ->check(CLI::Range(0, 1024).description(""));
  app.add_flag_callback(
      "--quiet", [&] { options.verbosity = Verbosity::kQuiet; }, "errors and warnings only");
  app.footer(kExamples);
}

void check_new(const std::string& path, Overwrite overwrite) {
  std::error_code error;
  if (!path.empty() && overwrite == Overwrite::kNo && fs::exists(path, error))
    throw Error(path, ": exists already; --overwrite replaces it");
}

int calibrate(const Options& options) {
  check_new(options.out, options.overwrite);
  check_new(options.report, options.overwrite);
  if (options.threads > 0) cv::setNumThreads(options.threads);
  Calibrator calibrator(load_calibration_set(options.set), {options.spectra});
  ProgressBar bar(calibrator.steps(), "step");
  while (!calibrator.done()) {
    bar.update(calibrator.finished(), 0);
    calibrator.step();
  }
  bar.clear();
  const Calibration& result = calibrator.result();
  for (const CalibrationFinding& finding : result.findings) {
    if (finding.severity != Severity::kNote || options.verbosity != Verbosity::kQuiet) print_message(finding_text(finding));
  }
  if (options.verbosity != Verbosity::kQuiet) print_result(summary_text(result));
  if (!options.report.empty()) write_file(options.report, calibration_report(result, options.set), options.overwrite);
  check(result.profile, options.set);
  write_file(options.out, profile_head(result, options.set) + write_profile(result.profile), options.overwrite);
  return result.is_complete() ? 0 : kFailed;
}

int wrong_usage(const std::exception& error) {
  print_message(error.what());
  print_message("see argent calibrate --help");
  return kWrongUsage;
}

int run(int argc, char** argv) {
  CLI::App app("A camera's profile from a folder of captures.", "argent calibrate");
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
  return calibrate(options);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::bad_alloc&) {
    print_message("not enough memory");
  } catch (const std::exception& error) {
    print_message(error.what());
  }
  return kFailed;
}
