#include "samples/translate.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <memory>
#include <optional>
#include <string>

#include "calibration/profile/translation.h"
#include "models/runtime/error.h"
#include "models/runtime/output_file.h"
#include "samples/batch_console.h"
#include "samples/output_names.h"
#include "samples/usage_error.h"

namespace argent {
namespace {

constexpr const char* kExamples = R"(Examples:
  argent translate imx219.json -o imx219.yaml                         Raspberry Pi's tuning as Argent's profile
  argent translate imx219.yaml --to pi-pisp -o imx219.json            and back, for a Raspberry Pi 5
  argent translate camera.yaml --to pi-vc4 --base imx219.json -o camera.json
                                                                      exposure, tone and the rest of imx219's
  argent translate vc4/imx477.json --to pi-pisp -o pisp/imx477.json   tables resampled, all else as it was
  argent translate imx219.json --to libcamera-simple -o imx219.yaml   for libcamera's software ISP
  argent translate imx219.json -o imx219.dcp                          for RAW converters
  argent translate canon.dcp -o canon.yaml

Formats of --to:
  argent            Argent's profile (YAML)
  pi-vc4, pi-pisp   Raspberry Pi's JSON, version 2: for Raspberry Pi 1 to 4, and 5. Read is version 1, too
  libcamera-simple  libcamera's YAML for its software ISP
  libcamera-rkisp1  and for rkisp1 (RK3399, i.MX 8M Plus)
  dcp               DNG camera profile
Without --to the name of the output decides: .dcp a DCP; .json the target of a Raspberry Pi tuning; .yaml a
profile, where the input is none.

What a format cannot carry, and what is approximated, is said on stderr, a line each. From Raspberry Pi to
Raspberry Pi the document is edited: what Argent does not know stays as it is, in its order.

Exit status: 0 written, 1 it could not be, 2 the command line is wrong.
)";

struct TranslateOptions {
  std::string input, output;
  std::optional<TuningFormat> to;
  std::string base;
  Overwrite overwrite = Overwrite::kNo;
  Verbosity verbosity = Verbosity::kNormal;
};

/// What --to would have said.
TuningFormat format_by_name(const TranslateOptions& options, std::optional<TuningFormat> from) {
  std::string extension = std::filesystem::path(options.output).extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(), [](unsigned char c) { return std::tolower(c); });
  if (extension == ".dcp") return TuningFormat::kDcp;
  const bool is_pi = from == TuningFormat::kPiVc4 || from == TuningFormat::kPiPisp;
  if (extension == ".json" && is_pi) return *from;
  if (extension == ".json") throw UsageError(options.output, ": which Raspberry Pi is it for, --to pi-vc4 or --to pi-pisp?");
  const bool is_yaml = extension == ".yaml" || extension == ".yml";
  if (is_yaml && from != TuningFormat::kArgent) return TuningFormat::kArgent;
  throw UsageError(options.output, is_yaml ? ": which format is it to have, --to libcamera-simple, libcamera-rkisp1 or another?"
                                           : ": expected a name that ends in .yaml, .json or .dcp, or --to FORMAT");
}

int run(const TranslateOptions& options) {
  if (options.output != kStdout) check_new(options.output, options.overwrite);
  const std::string bytes = read_tuning_file(options.input);
  const TuningFormat to = options.to ? *options.to : format_by_name(options, tuning_format_of(bytes, options.input));
  const std::string base = options.base.empty() ? std::string() : read_tuning_file(options.base);
  const TuningText made = translate_tuning(bytes, options.input, to, base);
  if (options.output == kStdout) {
    print_result(made.bytes);
  } else {
    write_file(options.output, made.bytes, options.overwrite);
  }
  if (options.verbosity == Verbosity::kQuiet) return 0;
  for (const std::string& remark : made.remarks) print_message(remark);
  if (options.output != kStdout) print_result(options.output + " (" + std::string(name_of(to)) + ")\n");
  return 0;
}

}  // namespace

std::function<int()> add_translate_command(CLI::App& app) {
  const auto options = std::make_shared<TranslateOptions>();
  CLI::App* command = app.add_subcommand("translate", "a camera's tuning into another program's format");
  command->add_option("FILE", options->input, "profile, tuning or DCP")->required()->type_name("");
  command->add_option("-o,--output", options->output, "what is written; - for stdout")->required()->type_name("FILE");
  command
      ->add_option_function<std::string>(
          "--to", [options](const std::string& name) { options->to = tuning_format_of_name(name); },
          "format of the output; default: by its name")
      ->type_name("FORMAT");
  command->add_option("--base", options->base, "Raspberry Pi tuning that has what a profile has not:\nexposure, tone, noise reduction")
      ->type_name("FILE");
  command->add_flag_callback(
      "--overwrite", [options] { options->overwrite = Overwrite::kYes; }, "replace a file that exists");
  command->add_flag_callback(
      "--quiet", [options] { options->verbosity = Verbosity::kQuiet; }, "only errors");
  command->footer(kExamples);
  return [options] { return run(*options); };
}

}  // namespace argent
