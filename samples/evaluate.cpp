#include "samples/evaluate.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "calibration/evaluation/balance_evaluation.h"
#include "models/runtime/error.h"
#include "models/runtime/output_file.h"
#include "samples/balance_report.h"
#include "samples/batch_console.h"
#include "samples/output_names.h"
#include "samples/progress.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

constexpr const char* kExamples = R"(Examples:
  argent evaluate awb pi_scenes/pisp --tunings pi_tunings/pisp
  argent evaluate awb pi_scenes/pisp --tunings pi_tunings/pisp --folds pi_scenes/folds.csv --csv scores.csv

  argent evaluate awb pi_scenes/pisp --tunings pi_tunings/pisp --folds pi_scenes/folds.csv --report awb.html

Rows: each estimator, `camera` (the last number of a file's name) and, with --folds, `bayes_folds`: the prior fitted on the other
folds. `bayes` has the shipped prior, which was fitted on all of pi_scenes/pisp: there its number is what it has seen before.
)";

struct EvaluateOptions {
  std::string folder, tunings, folds, csv, prior, report;
  Overwrite overwrite = Overwrite::kNo;
  bool json = false;
};

std::vector<fs::path> pictures_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() == ".png") files.push_back(entry->path());
  }
  if (error || files.empty()) throw Error(folder.string() + ": no pictures, expected a folder of user,sensor,scene,kelvin,lux,camera.png");
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<LabelledStatistics> load_all(const EvaluateOptions& options, const Tunings& tunings) {
  const std::vector<fs::path> files = pictures_in(options.folder);
  ProgressBar bar(files.size());
  std::vector<LabelledStatistics> images;
  for (const fs::path& file : files) {
    images.push_back(load_labelled(file, tunings));
    bar.update(images.size(), 0);
  }
  if (!options.folds.empty()) read_folds(options.folds, images);
  return images;
}

/// The camera's answers, every estimator's, and with folds those of the held-out pictures.
BalanceScores scores_of(const std::vector<LabelledStatistics>& images) {
  const std::set<int> folds = folds_of(images);
  const std::span<const std::string_view> names = illuminant_estimator_names();
  ProgressBar bar(images.size() * (1 + names.size() + (folds.empty() ? 0 : 1)), "picture");
  BalanceScores scores;
  const auto add = [&](BalanceScores more) {
    scores.insert(scores.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    bar.update(scores.size(), 0);
  };
  add(camera_scores(images));
  for (std::string_view name : names) add(estimator_scores(images, *make_illuminant_estimator(name), name));
  if (folds.empty()) return scores;
  const std::vector<FitSample> samples = fit_samples(images);
  for (const int fold : folds) add(held_out_scores(images, samples, fold));
  return scores;
}

void write_prior(const std::vector<LabelledStatistics>& images, const EvaluateOptions& options) {
  const std::vector<FitSample> samples = fit_samples(images);
  std::vector<const FitSample*> all;
  all.reserve(samples.size());
  for (const FitSample& sample : samples) all.push_back(&sample);
  write_file(options.prior, source_of(fit_surface_prior(all)), options.overwrite);
}

void write_csv(const BalanceScores& scores, const EvaluateOptions& options) {
  std::ostringstream out;
  out << "file,sensor,estimator,true_kelvin,kelvin,error_mired,error_degrees,sigma_mired,evidence\n";
  for (const BalanceScore& s : scores) {
    // The name holds commas: quoted.
    out << '"' << s.file << "\"," << s.sensor << ',' << s.estimator << ',' << s.true_kelvin << ',' << s.kelvin << ',' << s.mired << ','
        << s.degrees << ',' << s.sigma << ',' << s.evidence << '\n';
  }
  write_file(options.csv, out.str(), options.overwrite);
}

std::string padded(const std::string& text, std::size_t width, bool left) {
  const std::string space(text.size() < width ? width - text.size() : 0, ' ');
  return left ? text + space : space + text;
}

void print_line(const std::string& text) { print_result(text + "\n"); }

std::string fixed(double value, int digits) {
  std::ostringstream out;
  out.setf(std::ios::fixed);
  out.precision(digits);
  out << value;
  return out.str();
}

std::string cells(const ErrorSummary& s, int digits) {
  std::string out;
  for (double value : {s.mean, s.median, s.trimean, s.best_quarter, s.worst_quarter}) out += padded(fixed(value, digits), 8, false);
  return out;
}

nlohmann::json json_of(const ErrorSummary& s) {
  return {
      {"mean", s.mean}, {"median", s.median}, {"trimean", s.trimean}, {"best_quarter", s.best_quarter}, {"worst_quarter", s.worst_quarter}};
}

nlohmann::json json_of(const BalanceSummary::Part& part) {
  return {{"images", part.images}, {"mired", json_of(part.mired)}, {"degrees", json_of(part.degrees)}};
}

void print_group(const BalanceGroup& group, const EvaluateOptions& options) {
  const BalanceSummary s = summary_of(group.scores);
  if (options.json) {
    const nlohmann::json line{{"sensor", group.sensor},          {"estimator", group.estimator},    {"images", s.all.images},
                              {"abstained", s.abstained.images}, {"mired", json_of(s.all.mired)},   {"degrees", json_of(s.all.degrees)},
                              {"answered", json_of(s.answered)}, {"stand_in", json_of(s.abstained)}};
    print_line(line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    return;
  }
  print_line(padded(group.sensor, 12, true) + padded(group.estimator, 18, true) + padded(std::to_string(s.all.images), 4, false) +
             padded(std::to_string(s.abstained.images), 4, false) + cells(s.all.mired, 1) + "  " + cells(s.all.degrees, 2));
}

/// Those that were not always sure enough to answer: what was answered, and what stands in where nothing was.
void print_abstentions(const std::vector<BalanceGroup>& groups) {
  bool first = true;
  for (const BalanceGroup& group : groups) {
    const BalanceSummary s = summary_of(group.scores);
    if (group.sensor != "all" || s.abstained.images == 0) continue;
    if (first)
      print_line("\nabstentions apart: mean error in mired of the answers, and of " + fixed(kStandInKelvin, 0) + " K in place of none");
    first = false;
    print_line(padded(group.estimator, 18, true) + padded(std::to_string(s.answered.images), 4, false) + " answered" +
               padded(fixed(s.answered.mired.mean, 1), 8, false) + padded(std::to_string(s.abstained.images), 6, false) + " not" +
               padded(fixed(s.abstained.mired.mean, 1), 8, false));
  }
}

void print_reliability(const BalanceGroup& group, const EvaluateOptions& options) {
  const Reliability r = reliability_of(group.scores);
  if (options.json) {
    nlohmann::json fifths = nlohmann::json::array();
    for (const Reliability::Bin& bin : r.bins) fifths.push_back({bin.claimed, bin.seen});
    print_line(
        nlohmann::json{{"reliability", group.estimator}, {"fifths", fifths}, {"within_one", r.within_one}, {"within_two", r.within_two}}
            .dump());
    return;
  }
  print_line("\n" + group.estimator + ": claimed sigma and seen rms error, mired, in fifths; within 1 sigma " +
             fixed(100 * r.within_one, 0) + " % (Gaussian: 68), 2 sigma " + fixed(100 * r.within_two, 0) + " % (95)");
  for (const Reliability::Bin& bin : r.bins) print_line(padded(fixed(bin.claimed, 1), 8, false) + padded(fixed(bin.seen, 1), 8, false));
}

int run_awb(const EvaluateOptions& options) {
  for (const std::string& file : {options.csv, options.prior, options.report}) check_new(file, options.overwrite);
  const Tunings tunings = load_tunings(options.tunings);
  const std::vector<LabelledStatistics> images = load_all(options, tunings);
  if (!options.prior.empty()) {
    write_prior(images, options);
    return 0;
  }
  const BalanceScores scores = scores_of(images);
  if (!options.json) {
    print_line("sensor      estimator           n  no  mired: mean  median trimean best 1/4 worst   degrees: the same");
  }
  const std::vector<BalanceGroup> groups = groups_of(scores);
  for (const BalanceGroup& group : groups) print_group(group, options);
  if (!options.json) print_abstentions(groups);
  for (const BalanceGroup& group : groups) {
    if (group.sensor == "all" && group.estimator.starts_with("bayes")) print_reliability(group, options);
  }
  if (!options.csv.empty()) write_csv(scores, options);
  if (!options.report.empty()) {
    write_file(options.report, balance_report(groups, {options.folder, options.tunings, options.folds}), options.overwrite);
  }
  return 0;
}

}  // namespace

std::function<int()> add_evaluate_command(CLI::App& app) {
  const auto options = std::make_shared<EvaluateOptions>();
  CLI::App* command = app.add_subcommand("evaluate", "score algorithms against what is known to be right");
  command->require_subcommand(1);
  CLI::App* awb = command->add_subcommand("awb", "white balance on labelled statistics");
  awb->add_option("folder", options->folder, "pictures named user,sensor,scene,kelvin,lux,camera kelvin")->type_name("DIR")->required();
  awb->add_option("--tunings", options->tunings, "Raspberry Pi tunings, SENSOR.json")->type_name("DIR")->required();
  awb->add_option("--folds", options->folds, "user,sensor,scene,group,fold: adds the row bayes_folds")->type_name("CSV");
  awb->add_option("--csv", options->csv, "every picture's score")->type_name("FILE");
  awb->add_option("--write-prior", options->prior, "fit the prior on all pictures and write its source file instead")->type_name("FILE");
  awb->add_option("--report", options->report, "a page of tables and plots that stands alone")->type_name("FILE.html");
  awb->add_flag_callback(
      "--overwrite", [options] { options->overwrite = Overwrite::kYes; }, "replace the files of --csv, --report and --write-prior");
  awb->add_flag("--json", options->json, "one object a line");
  awb->footer(kExamples);
  return [options] { return run_awb(*options); };
}

}  // namespace argent
