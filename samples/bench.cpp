#include "samples/bench.h"

#include <malloc.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "models/runtime/cpu.h"
#include "samples/batch_console.h"
#include "samples/bench_tasks.h"
#include "samples/machine_probe.h"
#include "samples/progress.h"
#include "samples/usage_error.h"

namespace argent {
namespace {

constexpr const char* kExamples = R"(Examples:
  argent bench
  argent bench --only live --megapixels 2,12,24,48,100
  argent bench --threads 1,2,4 --cpu baseline,avx2,avx512 --json > bench.jsonl

The columns:
  ms, best    median and shortest of the rounds, in which all rows take turns
  MP/s        megapixels a second, by the median
  of copy     what a copy of as many bytes as frame and picture have takes, by as many threads, in percent of the time:
              100 would be the limit of this machine's memory
  MB          memory beside the frame and the picture, at the first run

Frames are made up, 10 bits; nothing is read or written. Figures are worth something on a quiet machine only: compare the FMA rates
before and after. Threads that share a core are no two cores; there is a line that says so.
Exit status: 0 all measured, 1 something failed, 2 the command line is wrong.
)";

constexpr int kMaxThreads = 256, kMaxRounds = 1000;
constexpr double kTwoCores = 1.7;  // times the FMA rate of one thread that two make at least where they have a core each

struct BenchOptions {
  std::vector<double> megapixels{12};
  std::vector<int> threads;
  std::vector<std::string> cpus;
  std::string only;
  int rounds = 11;
  bool json = false;
};

/// What a table is made for.
struct Setting {
  Size size;
  int threads = 1;
  CpuTarget cpu = CpuTarget::kBaseline;
};

struct Row {
  const BenchTask* task = nullptr;
  Contender contender;
  double memory = 0;  ///< MiB; < 0: the system does not say
};

int cores() { return std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }

/// MiB beside the picture that a first run takes.
double memory_of(const BenchTask& task) {
#ifdef __GLIBC__
  malloc_trim(0);  // what others freed would hide what is taken
#endif
  const double before = resident_memory();
  const bool counted = reset_peak_memory() && before > 0;
  task.work();
  return counted ? std::max(0.0, peak_memory() - before - task.picture / (1 << 20)) : -1;
}

std::vector<Row> measured(const std::vector<BenchTask>& tasks, int rounds, const std::function<void()>& after_turn) {
  constexpr int kWarmUp = 2;
  std::vector<Row> rows;
  std::vector<Contender> contenders;
  for (const BenchTask& task : tasks) {
    rows.push_back({&task, {}, memory_of(task)});
    after_turn();
    contenders.push_back({task.name, task.work, {}});
  }
  interleave(contenders, kWarmUp - 1, rounds, after_turn);
  for (std::size_t i = 0; i < rows.size(); i++) rows[i].contender = std::move(contenders[i]);
  return rows;
}

/// Percent of the time that a copy of the same traffic would take. `copied`: bytes a millisecond, read and written.
double share_of_copy(const Row& row, double copied) { return 100 * row.task->traffic / copied / row.contender.median(); }

std::string table_of(const std::vector<Row>& rows, const Setting& setting, double megapixels, double copied) {
  char line[200];
  std::snprintf(line, sizeof line, "\n%.1f MP (%s), %d thread%s, %s\n", megapixels, to_text(setting.size).c_str(), setting.threads,
                setting.threads == 1 ? "" : "s", std::string(name_of(setting.cpu)).c_str());
  std::string text = line;
  std::snprintf(line, sizeof line, "%-26s %9s %9s %8s %8s %7s\n", "", "ms", "best", "MP/s", "of copy", "MB");
  text += line;
  for (const Row& row : rows) {
    const double ms = row.contender.median();
    char memory[32] = "-";
    if (row.memory >= 0) std::snprintf(memory, sizeof memory, "%.1f", row.memory);
    std::snprintf(line, sizeof line, "%-26s %9.2f %9.2f %8.0f %6.0f %% %7s\n", row.task->name.c_str(), ms, row.contender.best(),
                  1000 * megapixels / ms, share_of_copy(row, copied), memory);
    text += line;
  }
  return text;
}

std::string lines_of(const std::vector<Row>& rows, const Setting& setting, double megapixels, double copied) {
  std::string text;
  for (const Row& row : rows) {
    nlohmann::ordered_json object{{"work", row.task->name},
                                  {"width", setting.size.width},
                                  {"height", setting.size.height},
                                  {"threads", setting.threads},
                                  {"cpu", name_of(setting.cpu)},
                                  {"ms", row.contender.median()},
                                  {"best_ms", row.contender.best()},
                                  {"megapixels_a_second", 1000 * megapixels / row.contender.median()},
                                  {"percent_of_copy", share_of_copy(row, copied)},
                                  {"rounds", row.contender.milliseconds.size()}};
    object["memory_mib"] = row.memory < 0 ? nlohmann::ordered_json() : nlohmann::ordered_json(row.memory);
    text += object.dump() + "\n";
  }
  return text;
}

/// What the machine does without us.
std::vector<std::string> machine_lines(const std::string& when) {
  const int two = std::min(2, cores());
  const double one = fma_rate(1), both = fma_rate(two);
  char line[160];
  std::snprintf(line, sizeof line, "%s: FMA %.0f GFLOP/s on one thread, %.0f on %d", when.c_str(), one, both, two);
  std::vector<std::string> lines{line};
  if (two == 2 && both < kTwoCores * one)
    lines.emplace_back("two threads do not have two cores now: figures of several threads say little");
  return lines;
}

/// Throws UsageError.
std::vector<Setting> settings_of(const BenchOptions& options) {
  std::vector<Setting> out;
  std::vector<CpuTarget> cpus;
  try {
    for (const std::string& name : options.cpus) cpus.push_back(cpu_target(name));
    if (cpus.empty()) cpus.push_back(cpu_target_from_environment());
    for (const double megapixels : options.megapixels) {
      for (const CpuTarget cpu : cpus) {
        for (const int threads : options.threads.empty() ? std::vector<int>{cores()} : options.threads) {
          out.push_back({bench_size(megapixels), threads, cpu});
        }
      }
    }
  } catch (const Error& error) {
    throw UsageError(error.what());
  }
  return out;
}

int run(const BenchOptions& options) {
  const std::vector<Setting> settings = settings_of(options);
  const auto chosen = [&](const BenchTask& task) { return task.name.find(options.only) != std::string::npos; };
  // On stdout only what --json promises.
  const auto remark = [&](const std::vector<std::string>& lines) {
    for (const std::string& line : lines) options.json ? print_message(line) : print_result(line + "\n");
  };

  remark(machine_lines(cpu_description()));
  for (const Setting& setting : settings) {
    std::vector<BenchTask> tasks = bench_tasks(setting.size, setting.threads, setting.cpu);
    std::erase_if(tasks, [&](const BenchTask& task) { return !chosen(task); });
    if (tasks.empty()) throw UsageError("--only " + options.only + ": no row has that in its name");
    const double megapixels = 1e-6 * setting.size.width * setting.size.height;
    constexpr double kTraffic = 5e6;  // a megapixel of codes and RGB8
    const double half = kTraffic / 2 * megapixels, copied = 2 * half / copy_time(static_cast<std::size_t>(half), setting.threads);
    ProgressBar bar(tasks.size() * static_cast<std::size_t>(options.rounds + 2), "turn");
    std::size_t turns = 0;
    const std::vector<Row> rows = measured(tasks, options.rounds, [&] { bar.update(++turns, 0); });
    bar.clear();
    print_result(options.json ? lines_of(rows, setting, megapixels, copied) : table_of(rows, setting, megapixels, copied));
  }
  if (!options.json) print_result("\n");
  remark(machine_lines("afterwards"));
  return 0;
}

}  // namespace

std::function<int()> add_bench_command(CLI::App& app) {
  const auto options = std::make_shared<BenchOptions>();
  CLI::App* command = app.add_subcommand("bench", "how fast this machine develops frames, and how near that is to copying them");
  command->add_option("--megapixels", options->megapixels, "size of the frames (default: 12)")->delimiter(',')->type_name("N,N...");
  command->add_option("--threads", options->threads, "(default: all that run at once)")
      ->delimiter(',')
      ->check(CLI::Range(1, kMaxThreads))
      ->type_name("N,N...");
  command->add_option("--cpu", options->cpus, "baseline, avx2, avx512 (default: ARGENT_CPU, or the best)")
      ->delimiter(',')
      ->type_name("NAME,NAME...");
  command->add_option("--only", options->only, "rows with this in their name")->type_name("TEXT");
  command->add_option("--rounds", options->rounds, "how often each row is measured (default: 11)")
      ->check(CLI::Range(1, kMaxRounds))
      ->type_name("N");
  command->add_flag("--json", options->json, "one object a row, one line each, on stdout");
  command->footer(kExamples);
  return [options] { return run(*options); };
}

}  // namespace argent
