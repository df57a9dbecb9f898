// argent - the program: finds the command, runs it, and says what went wrong.
#include <malloc.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <functional>
#include <iostream>
#include <map>
#include <new>
#include <vector>

#include "isp/params.h"
#include "models/runtime/error.h"
#include "samples/batch_console.h"
#include "samples/bench.h"
#include "samples/compare.h"
#include "samples/convert.h"
#include "samples/develop.h"
#include "samples/evaluate.h"
#include "samples/explain.h"
#include "samples/external_command.h"
#include "samples/lint.h"
#include "samples/measure.h"
#include "samples/simulate.h"
#include "samples/synth.h"
#include "samples/train.h"
#include "samples/translate.h"
#include "samples/usage_error.h"
#include "samples/version.h"

namespace {

using namespace argent;

constexpr int kFailed = 1, kWrongUsage = 2;

/// Adds a command to the command line, and gives what runs it.
struct Command {
  std::string_view name;
  std::function<int()> (*add)(CLI::App& app);
};
constexpr std::array<Command, 12> kCommands{{{"develop", add_develop_command},
                                             {"convert", add_convert_command},
                                             {"compare", add_compare_command},
                                             {"measure", add_measure_command},
                                             {"simulate", add_simulate_command},
                                             {"explain", add_explain_command},
                                             {"evaluate", add_evaluate_command},
                                             {"train", add_train_command},
                                             {"synth", add_synth_command},
                                             {"lint", add_lint_command},
                                             {"translate", add_translate_command},
                                             {"bench", add_bench_command}}};

constexpr const char* kFooter = R"(
Examples:
  argent develop IMG_5952.CR2 -o picture.jpg      a RAW file becomes a picture
  argent develop ~/photos -o developed/           a whole folder
  argent convert IMG_5952.CR2                     a RAW file becomes a DNG
  argent compare ours.png camera.jpg              PSNR, SSIM, CIEDE2000
  argent measure IMG_5952.CR2                     exposure, light, white balance, focus
  argent simulate samples/scenarios/*.yaml        3A in a closed loop with a simulated camera
  argent synth -o my_set                          a calibration set of a camera of which all is known
  argent lint imx219.json                         what is wrong in a camera's tuning
  argent translate imx219.json -o imx219.yaml     a tuning into another program's format
  argent bench                                    how fast this machine is at all that

`argent COMMAND --help` lists its options, with more examples and, for develop, a table for those who
know dcraw. `argent NAME` runs the program argent-NAME beside this one or in PATH.
ARGENT_CPU=avx512|avx2|baseline chooses the instruction set (default: the best that this machine has).
)";

/// Fresh pages cost about as much as the work done on them: what one file frees the next one uses.
void keep_freed_memory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
#endif
}

/// Becomes argent-NAME when NAME is not built in. Throws Error when there is no such program either.
void run_if_external(int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return;
  const std::string name = argv[1];
  std::vector<std::string_view> names;
  for (const Command& command : kCommands) names.push_back(command.name);
  if (std::find(names.begin(), names.end(), name) != names.end()) return;
  if (const auto program = find_external_command(name)) run_external_command(*program, argv + 1);
  const std::string_view close = nearest(name, names);
  throw Error("unknown command \"" + name + "\"" + (close.empty() ? "" : ", did you mean " + std::string(close)));
}

int wrong_usage(const CLI::App& app, const char* message) {
  print_message(message);
  const auto chosen = app.get_subcommands();
  print_message("see argent " + (chosen.empty() ? std::string() : chosen.front()->get_name() + " ") + "--help");
  return kWrongUsage;
}

int run(int argc, char** argv) {
  CLI::App app("Argent: a camera pipeline. RAW files in, pictures and 3A decisions out.", "argent");
  app.get_formatter()->column_width(34);
  app.require_subcommand(1);
  app.add_flag_callback(
      "--version", [] { throw CLI::CallForVersion(version_text(), 0); }, "libraries and the CPU target in use");
  std::map<std::string, std::function<int()>> runners;
  for (const Command& command : kCommands) runners[std::string(command.name)] = command.add(app);
  app.footer(kFooter);  // last: commands would inherit it
  if (argc < 2) {
    std::cerr << app.help();
    return kWrongUsage;
  }
  try {
    run_if_external(argc, argv);
    app.parse(argc, argv);
  } catch (const CLI::CallForVersion& version) {
    print_result(version.what());
    return 0;
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // help
    return wrong_usage(app, error.what());
  } catch (const Error& error) {  // an unknown command, or the value of an option
    return wrong_usage(app, error.what());
  }
  try {
    return runners.at(app.get_subcommands().front()->get_name())();
  } catch (const UsageError& error) {  // options that contradict each other or the files
    return wrong_usage(app, error.what());
  }
}

}  // namespace

int main(int argc, char** argv) {
  keep_freed_memory();
  try {
    return run(argc, argv);
  } catch (const std::bad_alloc&) {
    argent::print_message("not enough memory");
  } catch (const std::exception& error) {
    argent::print_message(error.what());
  }
  return kFailed;
}
