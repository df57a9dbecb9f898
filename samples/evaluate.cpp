#include "samples/evaluate.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "aaa/illuminants/bayes.h"
#include "isp/error.h"
#include "isp/io/output_file.h"
#include "samples/balance_score.h"
#include "samples/batch_console.h"
#include "samples/surface_prior_fit.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

constexpr const char* kExamples = R"(Examples:
  argent evaluate awb pi_scenes/pisp --tunings pi_tunings/pisp
  argent evaluate awb pi_scenes/pisp --tunings pi_tunings/pisp --folds pi_scenes/folds.csv --csv scores.csv

Rows: each estimator, `camera` (the last number of a file's name) and, with --folds, `bayes_folds`: the prior fitted on the other
folds. `bayes` has the shipped prior, which was fitted on all of pi_scenes/pisp: there its number is what it has seen before.
)";

struct EvaluateOptions {
  std::string folder, tunings, folds, csv, prior;
  bool overwrite = false, json = false;
};

using Scores = std::vector<BalanceScore>;

std::vector<LabelledStatistics> load_all(const EvaluateOptions& options, const Tunings& tunings) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(options.folder, error)) {
    if (entry.path().extension() == ".png") files.push_back(entry.path());
  }
  if (error || files.empty()) throw Error(options.folder + ": no pictures, expected a folder of user,sensor,scene,kelvin,lux,camera.png");
  std::sort(files.begin(), files.end());
  std::vector<LabelledStatistics> images;
  for (const fs::path& file : files) images.push_back(load_labelled(file, tunings));
  if (!options.folds.empty()) read_folds(options.folds, images);
  return images;
}

const IlluminantPrior& prior_of(const LabelledStatistics& image, const Tunings& tunings) {
  return tunings.at(image.sensor).camera.aaa.white_balance.prior;
}

IlluminantPrior prior_for(const LabelledStatistics& image, const Tunings& tunings) {
  const AutoWhiteBalanceParams& params = tunings.at(image.sensor).camera.aaa.white_balance;
  IlluminantPrior prior = params.prior;
  prior.lux = image.lux;
  prior.min_cct = params.modes.automatic.min;
  prior.max_cct = params.modes.automatic.max;
  return prior;
}

void add_scores(const std::vector<LabelledStatistics>& images, const Tunings& tunings, const IlluminantEstimator& estimator,
                std::string_view name, int fold, Scores& scores) {
  for (const LabelledStatistics& image : images) {
    if (fold >= 0 && image.fold != fold) continue;
    const IlluminantPrior prior = prior_for(image, tunings);
    scores.push_back(score_of(image, prior.curve, estimator.estimate(image.statistics, prior), std::string(name)));
  }
}

std::vector<FitSample> fit_samples(const std::vector<LabelledStatistics>& images, const Tunings& tunings) {
  std::vector<FitSample> samples;
  for (const LabelledStatistics& image : images) {
    samples.push_back(fit_sample(image.statistics, prior_of(image, tunings), image.lux, image.kelvin));
  }
  return samples;
}

/// Each fold is scored with a prior that was fitted without it.
void add_cross_validated(const std::vector<LabelledStatistics>& images, const Tunings& tunings, Scores& scores) {
  const std::vector<FitSample> samples = fit_samples(images, tunings);
  std::set<int> folds;
  for (const LabelledStatistics& image : images) folds.insert(image.fold);
  for (const int fold : folds) {
    if (fold < 0) continue;
    std::vector<const FitSample*> others;
    for (std::size_t i = 0; i < images.size(); i++) {
      if (images[i].fold != fold && images[i].fold >= 0) others.push_back(&samples[i]);
    }
    add_scores(images, tunings, *make_bayes_with(fit_surface_prior(others)), "bayes_folds", fold, scores);
  }
}

void write_prior(const std::vector<LabelledStatistics>& images, const Tunings& tunings, const EvaluateOptions& options) {
  const std::vector<FitSample> samples = fit_samples(images, tunings);
  std::vector<const FitSample*> all;
  for (const FitSample& sample : samples) all.push_back(&sample);
  const std::string source = source_of(fit_surface_prior(all));
  OutputFile file(options.prior, options.overwrite ? Overwrite::kYes : Overwrite::kNo);
  file.write(source.data(), source.size());
  file.commit();
}

void write_csv(const Scores& scores, const EvaluateOptions& options) {
  std::ostringstream out;
  out << "file,sensor,estimator,true_kelvin,kelvin,error_mired,error_degrees,sigma_mired,evidence\n";
  for (const BalanceScore& s : scores) {
    // The name holds commas: quoted.
    out << '"' << s.file << "\"," << s.sensor << ',' << s.estimator << ',' << s.true_kelvin << ',' << s.kelvin << ',' << s.mired << ','
        << s.degrees << ',' << s.sigma << ',' << s.evidence << '\n';
  }
  const std::string text = out.str();
  OutputFile file(options.csv, options.overwrite ? Overwrite::kYes : Overwrite::kNo);
  file.write(text.data(), text.size());
  file.commit();
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

struct Group {
  std::string estimator, sensor;
  Scores scores;
};

/// By estimator, all cameras first, then each.
std::vector<Group> groups_of(const Scores& scores) {
  std::vector<std::string> estimators;
  std::set<std::string> sensors;
  for (const BalanceScore& s : scores) {
    if (std::find(estimators.begin(), estimators.end(), s.estimator) == estimators.end()) estimators.push_back(s.estimator);
    sensors.insert(s.sensor);
  }
  std::vector<std::string> columns{"all"};
  columns.insert(columns.end(), sensors.begin(), sensors.end());
  std::vector<Group> groups;
  for (const std::string& sensor : columns) {
    for (const std::string& estimator : estimators) {
      Group group{estimator, sensor, {}};
      for (const BalanceScore& s : scores) {
        if (s.estimator == estimator && (sensor == "all" || s.sensor == sensor)) group.scores.push_back(s);
      }
      if (!group.scores.empty()) groups.push_back(std::move(group));
    }
  }
  return groups;
}

void print_group(const Group& group, const EvaluateOptions& options) {
  std::vector<double> mired, degrees;
  int abstained = 0;
  for (const BalanceScore& s : group.scores) {
    mired.push_back(s.mired);
    degrees.push_back(s.degrees);
    abstained += !(s.evidence > 0);
  }
  const ErrorSummary m = summary_of(mired), d = summary_of(degrees);
  if (options.json) {
    const nlohmann::json line{{"sensor", group.sensor}, {"estimator", group.estimator}, {"images", mired.size()},
                              {"abstained", abstained}, {"mired", json_of(m)},          {"degrees", json_of(d)}};
    print_line(line.dump());
    return;
  }
  print_line(padded(group.sensor, 12, true) + padded(group.estimator, 18, true) + padded(std::to_string(mired.size()), 4, false) +
             padded(std::to_string(abstained), 4, false) + cells(m, 1) + "  " + cells(d, 2));
}

void print_reliability(const Group& group, const EvaluateOptions& options) {
  const Reliability r = reliability_of(group.scores);
  if (options.json) {
    print_line(
        nlohmann::json{{"reliability", group.estimator}, {"fifths", r.fifths}, {"within_one", r.within_one}, {"within_two", r.within_two}}
            .dump());
    return;
  }
  print_line("\n" + group.estimator + ": predicted sigma and seen rms error, mired, in fifths; within 1 sigma " +
             fixed(100 * r.within_one, 0) + " %, 2 sigma " + fixed(100 * r.within_two, 0) + " %");
  for (const auto& [predicted, seen] : r.fifths) print_line(padded(fixed(predicted, 1), 8, false) + padded(fixed(seen, 1), 8, false));
}

int run_awb(const EvaluateOptions& options) {
  const Tunings tunings = load_tunings(options.tunings);
  const std::vector<LabelledStatistics> images = load_all(options, tunings);
  if (!options.prior.empty()) {
    write_prior(images, tunings, options);
    return 0;
  }
  Scores scores;
  for (const LabelledStatistics& image : images) scores.push_back(camera_score(image, prior_of(image, tunings).curve));
  for (std::string_view name : illuminant_estimator_names()) {
    add_scores(images, tunings, *make_illuminant_estimator(name), name, -1, scores);
  }
  if (!options.folds.empty()) add_cross_validated(images, tunings, scores);
  if (!options.json) {
    print_line("sensor      estimator           n  no  mired: mean  median trimean best 1/4 worst   degrees: the same");
  }
  const std::vector<Group> groups = groups_of(scores);
  for (const Group& group : groups) print_group(group, options);
  for (const Group& group : groups) {
    if (group.sensor == "all" && group.estimator.starts_with("bayes")) print_reliability(group, options);
  }
  if (!options.csv.empty()) write_csv(scores, options);
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
  awb->add_flag("--overwrite", options->overwrite, "replace the files of --csv and --write-prior");
  awb->add_flag("--json", options->json, "one object a line");
  awb->footer(kExamples);
  return [options] { return run_awb(*options); };
}

}  // namespace argent
