// samples/batch.h - many files, several at a time.
//
// Each worker takes a file from decode through render to encode, so that these steps of different files overlap, and what is held in
// memory is bounded by the number of workers.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace argent {

/// What came of one file.
struct Outcome {
  std::string output;                 ///< for stdout, with its line ends
  std::vector<std::string> notes;     ///< for stderr, one line each
  std::vector<std::string> warnings;  ///< the same, also when only problems are wanted
  std::string error;                  ///< for stderr; empty: the file is done
};

/// How the cores are shared: several workers with few threads each, or one with all of them.
struct Workload {
  int workers = 1;
  int kernel_threads = 0;  ///< as in PipelineParams::threads: 0 = all cores
};

/// `threads` 0: all cores.
Workload share_threads(int threads, std::size_t files);

/// Runs on a worker. What it throws becomes the outcome's error.
using Work = std::function<Outcome(const std::filesystem::path& file, std::size_t index)>;

/// Called on the thread that called run_batch.
struct BatchEvents {
  std::function<void(std::size_t finished, std::size_t failed)> progress;  ///< when a file is finished, in any order
  std::function<void(std::size_t index, const Outcome& outcome)> result;   ///< in the order of the files
};

/// Returns when all files are done.
void run_batch(std::span<const std::filesystem::path> files, int workers, const Work& work, const BatchEvents& events);

}  // namespace argent
