#include "samples/evaluate.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iterator>
#include <memory>
#include <set>

#include "calibration/evaluation/balance_comparison.h"
#include "calibration/evaluation/labelled_folder.h"
#include "models/runtime/error.h"
#include "models/runtime/output_file.h"
#include "models/runtime/quoted_text.h"
#include "samples/balance_report.h"
#include "samples/balance_table.h"
#include "samples/batch_console.h"
#include "samples/output_names.h"
#include "samples/progress.h"
#include "samples/tuning_folders.h"
#include "samples/usage_error.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

constexpr const char* kExamples = R"(Examples:
  argent evaluate awb pi_scenes/pisp --tunings pi_tunings/pisp
  argent evaluate awb pi_scenes/pisp --tunings pi_tunings/pisp --folds pi_scenes/folds.csv --csv scores.csv
  argent evaluate awb my_cameras
  argent evaluate awb my_cameras --compare bayes,grey_edge --compare grey_edge,grey_world
  argent evaluate awb my_cameras pi_scenes/pisp --tunings pi_tunings/pisp --report awb.html

DATA is a folder in one of two layouts, which is found by itself:
  user,sensor,scene,kelvin,lux,camera kelvin.png: Raspberry Pi's statistics, which only the sensors' --tunings can read. Mired are the
    score. --tunings is given once for all such folders or once for each, in their order.
  labels.csv, cameras.yaml, pictures: linear thumbnails of 12x12 to 64x64 pixels, 16-bit RGB .png or .npy (u16 or f32, H x W x 3), black
    subtracted, each scaled by its own maximum, 0,0,0 = masked. Degrees are the score.
    labels.csv: file,camera,r,g,b (response to a white surface) and perhaps kelvin,lux
    cameras.yaml: cameras: {NAME: {matrices: [{illuminant: 17, matrix: [9 numbers, XYZ to camera]}, {illuminant: 21, matrix: [..]}]}}

Rows: each estimator, `camera` (the last number of a file's name) and, with --folds, `bayes_folds`: the prior fitted on the other
folds. `bayes` has the shipped prior, which was fitted on all of pi_scenes/pisp: there its number is what it has seen before.

What can't be used is named, a line each, the rest is scored, and the exit status is 1.
)";

struct EvaluateOptions {
  std::vector<std::string> folders, tunings, compare;
  std::string folds, csv, prior, report, weights;
  Overwrite overwrite = Overwrite::kNo;
  bool json = false;
};

std::vector<EstimatorPair> wanted_pairs(const EvaluateOptions& options) {
  const std::span<const std::string_view> estimators = illuminant_estimator_names();
  std::vector<std::string> names(estimators.begin(), estimators.end());
  names.insert(names.end(), {"camera", "bayes_folds"});
  std::vector<EstimatorPair> pairs;
  for (const std::string& text : options.compare) {
    const std::size_t comma = text.find(',');
    if (comma == std::string::npos) throw UsageError("--compare ", text, ": expected A,B");
    pairs.emplace_back(text.substr(0, comma), text.substr(comma + 1));
    for (const std::string& name : {pairs.back().first, pairs.back().second}) {
      if (std::find(names.begin(), names.end(), name) == names.end()) {
        throw UsageError("--compare ", text, ": ", in_quotes(name), ", expected two of ", CLI::detail::join(names, ", "));
      }
    }
  }
  return pairs;
}

/// What came of the folders.
struct Evaluation {
  BalanceScores scores;
  std::vector<FitSample> samples;  ///< with --write-prior
  std::size_t bad = 0;             ///< folders, lines and pictures that can't be used, each of which was named
};

class Evaluator {
 public:
  explicit Evaluator(const EvaluateOptions& options) : options_(options) {
    const auto weights = options.weights.empty() ? nullptr : load_light_model(options.weights);
    for (std::string_view name : illuminant_estimator_names()) estimators_.emplace_back(name, make_illuminant_estimator(name, weights));
  }

  void add(const std::string& name, const std::string& tunings) {
    try {
      const bool needs = LabelledFolder::needs_tunings(name);
      if (needs && tunings.empty()) {
        throw Error(name, ": has no labels.csv; pictures named user,sensor,scene,kelvin,lux,camera kelvin.png need --tunings");
      }
      const LabelledFolder folder(name, needs ? load_tunings(tunings) : Tunings());
      for (const std::string& problem : folder.problems()) complain(problem);
      add(folder, needs && !options_.folds.empty());
    } catch (const Error& error) {
      complain(error.what());
    }
  }

  Evaluation take() { return std::move(out_); }

 private:
  void complain(std::string_view message) {
    print_message(message);
    out_.bad++;
  }

  /// Pictures are scored as they are read: only what is fitted to stays in memory.
  void add(const LabelledFolder& folder, bool folds) {
    const bool fitting = !options_.prior.empty();
    std::vector<LabelledStatistics> kept;
    ProgressBar bar(folder.size(), "picture");
    for (std::size_t i = 0; i < folder.size(); i++) {
      try {
        LabelledStatistics image = folder.load(i);
        if (fitting) append(fit_samples({&image, 1}), out_.samples);
        if (!fitting) score(image);
        if (folds) kept.push_back(std::move(image));
      } catch (const Error& error) {
        bar.clear();
        complain(error.what());
      }
      bar.update(i + 1, out_.bad);
    }
    if (folds && !fitting) hold_out(kept);
  }

  /// The camera's answer and every estimator's.
  void score(const LabelledStatistics& image) {
    append(camera_scores({&image, 1}), out_.scores);
    for (const auto& [name, estimator] : estimators_) append(estimator_scores({&image, 1}, *estimator, name), out_.scores);
  }

  void hold_out(std::vector<LabelledStatistics>& images) {
    read_folds(options_.folds, images);
    const std::vector<FitSample> samples = fit_samples(images);
    const std::set<int> folds = folds_of(images);
    ProgressBar bar(folds.size(), "fold");
    std::size_t done = 0;
    for (const int fold : folds) {
      append(held_out_scores(images, samples, fold), out_.scores);
      bar.update(++done, 0);
    }
  }

  template <class Row>
  static void append(std::vector<Row> more, std::vector<Row>& rows) {
    rows.insert(rows.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }

  const EvaluateOptions& options_;
  std::vector<std::pair<std::string_view, std::unique_ptr<IlluminantEstimator>>> estimators_;
  Evaluation out_;
};

void write_prior(const std::vector<FitSample>& samples, const EvaluateOptions& options) {
  std::vector<const FitSample*> all;
  all.reserve(samples.size());
  for (const FitSample& sample : samples) all.push_back(&sample);
  write_file(options.prior, source_of(fit_surface_prior(all)), options.overwrite);
}

/// Set by set what was asked for, where a set has both, or what is worth it.
Comparisons comparisons_of(std::span<const BalanceGroup> groups, const std::vector<EstimatorPair>& wanted) {
  Comparisons out;
  for (std::span<const BalanceGroup> set : sets_of(groups)) {
    std::vector<BalanceGroup> all;
    std::copy_if(set.begin(), set.end(), std::back_inserter(all), [](const BalanceGroup& g) { return g.sensor == "all"; });
    const auto named = [&](const std::string& name) {
      return std::find_if(all.begin(), all.end(), [&](const BalanceGroup& g) { return g.estimator == name; });
    };
    for (const auto& [a, b] : wanted.empty() ? pairs_worth_comparing(all) : wanted) {
      if (named(a) != all.end() && named(b) != all.end()) out[set.front().set].push_back(compare(*named(a), *named(b)));
    }
  }
  return out;
}

int run_awb(const EvaluateOptions& options) {
  for (const std::string& file : {options.csv, options.prior, options.report}) check_new(file, options.overwrite);
  const std::vector<EstimatorPair> wanted = wanted_pairs(options);
  const std::vector<std::string> tunings = tunings_of(options.folders, options.tunings);
  Evaluator evaluator(options);
  for (std::size_t i = 0; i < tunings.size(); i++) evaluator.add(options.folders[i], tunings[i]);
  const Evaluation done = evaluator.take();
  const int status = done.bad > 0 ? 1 : 0;
  if (!done.samples.empty()) write_prior(done.samples, options);
  if (done.scores.empty()) return status;
  const std::vector<BalanceGroup> groups = groups_of(done.scores);
  const Comparisons comparisons = comparisons_of(groups, wanted);
  if (!wanted.empty() && comparisons.empty()) throw Error("--compare: no folder has both estimators of a pair");
  print_result(options.json ? balance_json(groups, comparisons) : balance_table(groups, comparisons));
  if (!options.csv.empty()) write_file(options.csv, balance_csv(done.scores), options.overwrite);
  if (!options.report.empty()) {
    write_file(options.report, balance_report(groups, comparisons, {tunings, options.folds}), options.overwrite);
  }
  return status;
}

}  // namespace

std::function<int()> add_evaluate_command(CLI::App& app) {
  const auto options = std::make_shared<EvaluateOptions>();
  CLI::App* command = app.add_subcommand("evaluate", "score algorithms against what is known to be right");
  command->require_subcommand(1);
  CLI::App* awb = command->add_subcommand("awb", "white balance on pictures whose light is known");
  awb->add_option("data", options->folders, "folders of labelled pictures, in either layout")->type_name("DATA")->required();
  const auto repeated = [awb](const char* name, std::vector<std::string>& values, const char* help, const char* type) {
    awb->add_option(name, values, help)->type_name(type)->allow_extra_args(false);
  };
  repeated("--tunings", options->tunings, "Raspberry Pi tunings, SENSOR.json", "DIR");
  awb->add_option("--folds", options->folds, "user,sensor,scene,group,fold: adds the row bayes_folds")->type_name("CSV");
  awb->add_option("--weights", options->weights, "of `argent train awb`, instead of the built-in ones")->type_name("FILE.safetensors");
  repeated("--compare", options->compare, "paired difference with its 95 % interval; default: the best two, and the best and bayes", "A,B");
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
