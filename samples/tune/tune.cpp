// argent-tune - parameters of exposure, white balance and focus, tuned against what is known to be right. `argent tune` runs it.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <new>
#include <optional>
#include <thread>

#include "models/runtime/error.h"
#include "models/runtime/output_file.h"
#include "samples/batch_console.h"
#include "samples/output_names.h"
#include "samples/progress.h"
#include "samples/tune/tune_options.h"
#include "samples/tune/tune_report.h"
#include "samples/tune/tune_sets.h"
#include "samples/tune/tune_tables.h"
#include "samples/tune/tune_tasks.h"
#include "samples/usage_error.h"

namespace {

using namespace argent;
using Clock = std::chrono::steady_clock;

constexpr int kFailed = 1, kWrongUsage = 2;

CameraProfile start_of(const TuneCommand& command) {
  CameraProfile start = command.start.empty() ? CameraProfile() : load_profile(command.start);
  if (!command.estimator.empty()) start.aaa.white_balance.estimator = command.estimator;
  try {
    (void)make_illuminant_estimator(start.aaa.white_balance.estimator);
  } catch (const Error& error) {
    throw UsageError("--estimator: ", error.what());
  }
  return start;
}

TuningJournal journal_of(const TuneCommand& command, const TuneTask& task, std::size_t tasks) {
  if (command.state.empty()) return {};
  const std::vector<const TuneObjective*> objectives = task.pointers();
  const std::string file = tasks > 1 ? command.state + "." + task.controller : command.state;
  return {file, task_of(objectives, task.space, command.tune)};
}

/// Updates of the controllers, and how long they took.
struct Pace {
  std::uint64_t updates = 0;
  double seconds = 0;
};

TunedTask tuned(const TuneTask& task, const TuneCommand& command, TuningJournal& journal, Pace& pace) {
  const std::vector<const TuneObjective*> objectives = task.pointers();
  std::optional<ProgressBar> bar;
  std::uint64_t of_all = 0, total = 0;
  const auto start = Clock::now();
  const auto watch = [&](const PoolCount& count) {
    // The first looks at the start tell how long one takes.
    if (count.points <= static_cast<std::size_t>(command.tune.folds)) of_all = count.updates;
    if (count.points == static_cast<std::size_t>(command.tune.folds)) {
      total = most_updates(of_all, command.tune);
      bar.emplace(static_cast<std::size_t>(total), "update");
    }
    if (bar) bar->update(static_cast<std::size_t>(std::min(count.updates, total)), 0);
  };
  TunedTask out{&task, tune(objectives, task.space, journal, command.tune, watch)};
  pace.updates += out.result.count.measured;
  pace.seconds += std::chrono::duration<double>(Clock::now() - start).count();
  return out;
}

/// The start with what replaces it.
std::string profile_text(const std::vector<TunedTask>& all, const CameraProfile& start) {
  CameraProfile profile = start;
  std::string head;
  for (const TunedTask& one : all) {
    head += "# " + one.task->controller + ", " + verdict_of(one) + "\n";
    if (!one.result.replaced) continue;
    ControllerParams changed = one.task->space.params(one.result.choice().values);
    const std::vector<Field> from = fields_of_profile(changed), to = fields_of_profile(profile.aaa);
    for (const TunedParameter& parameter : one.task->space.parameters())
      assign(find(to, parameter.path, "tune"), text_of(find(from, parameter.path, "tune")), "tune");
  }
  check(profile, "tuned profile");
  return head + write_profile(profile, ProfileFields::kChanged);
}

int run(TuneCommand command) {
  if (command.tune.threads == 0) command.tune.threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  for (const std::string& file : {command.output, command.report, command.front}) check_new(file, command.overwrite);
  const CameraProfile start = start_of(command);
  TuneSets sets = load_sets(command, start);
  const std::vector<TuneTask> tasks = tasks_of(command, start, sets);
  std::vector<TunedTask> all;
  std::size_t failed = sets.bad;
  Pace pace;
  for (const TuneTask& task : tasks) {
    try {
      TuningJournal journal = journal_of(command, task, tasks.size());
      all.push_back(tuned(task, command, journal, pace));
      print_result(text_of(all.back()));
    } catch (const Error& error) {
      print_message(error.what());
      failed++;
    }
  }
  if (all.empty()) return kFailed;
  write_file(command.output, profile_text(all, start), command.overwrite);
  if (!command.front.empty()) write_file(command.front, front_table(all), command.overwrite);
  if (!command.report.empty()) write_file(command.report, tune_report(all, start, sets.scenarios, command.response), command.overwrite);
  std::fprintf(stderr, "%llu updates of the controllers in %.1f s: %.0f a second on %d thread%s\n",
               static_cast<unsigned long long>(pace.updates), pace.seconds,
               pace.seconds > 0 ? static_cast<double>(pace.updates) / pace.seconds : 0, command.tune.threads,
               command.tune.threads == 1 ? "" : "s");
  return failed > 0 ? kFailed : 0;
}

int wrong_usage(const std::exception& error) {
  print_message(error.what());
  print_message("see argent tune --help");
  return kWrongUsage;
}

int run(int argc, char** argv) {
  CLI::App app("Tunes parameters of exposure, white balance and focus against scenarios, ratings, labelled scenes and focus sweeps.",
               "argent tune");
  app.get_formatter()->column_width(34);
  TuneCommand command;
  add_options(app, command);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return error.get_exit_code() == 0 ? app.exit(error) : wrong_usage(error);
  }
  try {
    return run(std::move(command));
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
