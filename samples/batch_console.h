// samples/batch_console.h - a batch as people and scripts see it: results on stdout, everything else on stderr.
#pragma once

#include <functional>
#include <string_view>

#include "samples/batch.h"
#include "samples/inputs.h"

namespace argent {

enum class Verbosity { kQuiet, kNormal, kVerbose };

struct ConsoleOptions {
  int workers = 1;
  Verbosity verbosity = Verbosity::kNormal;
  std::string_view verb;  ///< "developed"
  /// What stands on stdout for a file that failed; absent: nothing.
  std::function<std::string(const std::filesystem::path& file, const std::string& error)> failure_output = nullptr;
};

/// Runs `work` on all files: results in the order of the files, notes and errors one line each, a progress bar for people, and
/// "39 of 40 developed, 1 failed" at the end. Returns the program's exit status.
int run_on_console(const Inputs& inputs, const ConsoleOptions& options, const Work& work);

/// "argent: <message>" on stderr.
void print_message(std::string_view message);

/// Writes to stdout. Throws Error when that fails (a full disk; a reader that has gone away ends the program as usual).
void print_result(std::string_view text);

}  // namespace argent
