#include "samples/train.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <thread>

#include "calibration/evaluation/labelled_folder.h"
#include "calibration/training/light_validation.h"
#include "calibration/training/synthetic_scenes.h"
#include "models/formats/safetensors.h"
#include "models/runtime/context.h"
#include "models/runtime/error.h"
#include "models/runtime/output_file.h"
#include "models/tensor/ops.h"
#include "samples/balance_table.h"
#include "samples/batch_console.h"
#include "samples/loss_plot.h"
#include "samples/output_names.h"
#include "samples/progress.h"
#include "samples/tuning_folders.h"
#include "samples/usage_error.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

constexpr const char* kExamples = R"(Examples:
  argent train awb my_cameras --out my_cameras.safetensors
  argent train awb pi_scenes/pisp --tunings pi_tunings/pisp --folds pi_scenes/folds.csv --validate folds,sensors --out awb.safetensors
  argent train awb --spectral spectral --scenes 4000 --out pretrained.safetensors
  argent train awb my_cameras --start pretrained.safetensors --out mine.safetensors --plot loss.svg

DATA is as `argent evaluate awb` has it. --validate trains once more for each part of the data, which is kept back and judges:
  folds     the folds of --folds
  sensors   each sensor with at least 50 pictures; whatever shares a group (--folds) with one of its pictures is left out, too
Beside OUT.safetensors comes OUT.md, its model card: data, splits, errors, time. A training that was interrupted goes on when the same
command is given again: what it has so far lies in OUT.training/, which is removed at the end. The same data, options and seed give the
same bytes, whatever the number of threads.
)";

constexpr std::size_t kEnoughPictures = 50;  // of a sensor, to be left out
constexpr std::chrono::seconds kBetweenSaves{20};

struct TrainOptions {
  std::vector<std::string> folders, tunings, validate;
  std::string folds, out, start, plot, spectral;
  std::uint64_t scenes = 4000;
  LightTraining training;
  int threads = 0;
  Overwrite overwrite = Overwrite::kNo;
};

/// Pictures of all folders, and scenes behind them; what can't be used was named on stderr and is counted.
struct Pictures {
  std::vector<LabelledStatistics> all;
  std::size_t scenes = 0, bad = 0;
};

Pictures load_pictures(const TrainOptions& options) {
  Pictures pictures;
  const auto complain = [&](std::string_view message) {
    print_message(message);
    pictures.bad++;
  };
  const std::vector<std::string> tunings = tunings_of(options.folders, options.tunings);
  for (std::size_t f = 0; f < options.folders.size(); f++) {
    const std::string& name = options.folders[f];
    const bool needs = LabelledFolder::needs_tunings(name);
    if (needs && tunings[f].empty()) throw UsageError(name, ": has no labels.csv; such pictures need --tunings");
    const LabelledFolder folder(name, needs ? load_tunings(tunings[f]) : Tunings());
    for (const std::string& problem : folder.problems()) complain(problem);
    ProgressBar bar(folder.size(), "picture");
    for (std::size_t i = 0; i < folder.size(); i++) {
      try {
        pictures.all.push_back(folder.load(i));
      } catch (const Error& error) {
        bar.clear();
        complain(error.what());
      }
      bar.update(i + 1, pictures.bad);
    }
  }
  if (!options.folds.empty()) read_folds(options.folds, pictures.all);
  if (!options.spectral.empty()) {
    const SpectralWorld world = load_spectral_world(options.spectral);
    pictures.scenes = options.scenes;
    ProgressBar bar(options.scenes, "scene");
    for (std::uint64_t i = 0; i < options.scenes; i++) {
      pictures.all.push_back(synthetic_scene(world, options.training.seed, i));
      pictures.all.back().set = "synthetic scenes";
      bar.update(i + 1, 0);
    }
  }
  return pictures;
}

/// FNV-1a, 64 bits.
std::uint64_t hash_of(std::string_view bytes, std::uint64_t hash = 14695981039346656037U) {
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return hash;
}

/// Trains models one after the other, each into a file of its own in a folder that outlives an interruption.
class Training {
 public:
  Training(const TrainOptions& options, std::vector<LabelledStatistics> pictures, std::size_t scenes)
      : options_(options),
        folder_(options.out + ".training"),
        pictures_(std::move(pictures)),
        scenes_(scenes),
        set_(light_set(pictures_, &kept_, scenes)) {}

  /// Without the scenes.
  std::span<const LabelledStatistics> pictures() const { return std::span(pictures_).first(pictures_.size() - scenes_); }
  std::span<const LabelledStatistics> pictures_and_scenes() const { return pictures_; }
  std::size_t used() const { return kept_.size(); }
  double seconds() const { return seconds_; }
  const std::vector<LossCurve>& losses() const { return losses_; }

  /// Of the pictures `learn`, by their indices, and of all scenes. Its file is called `file`, which is never a name out of the data.
  std::shared_ptr<LightModel> train(const std::string& file, std::span<const std::int64_t> learn) {
    open_folder();
    const fs::path done = folder_ / (file + ".safetensors"), pause = folder_ / (file + ".pause");
    if (fs::exists(done)) return LightModel::load(done);
    LightModel model(options_.training.seed);
    if (!options_.start.empty()) load_state(model, tensor::read_safetensors(options_.start).tensors);
    std::vector<std::int64_t> rows;
    for (std::size_t i = 0; i < kept_.size(); i++) {
      const bool scene = kept_[i] >= static_cast<std::int64_t>(pictures().size());
      if (scene || std::binary_search(learn.begin(), learn.end(), kept_[i])) rows.push_back(static_cast<std::int64_t>(i));
    }
    LightTrainer trainer(model, set_.rows(rows), options_.training);
    if (fs::exists(pause)) trainer.resume(pause);
    run(file, trainer, pause);
    model.save(done, {}, Overwrite::kYes);
    std::error_code ignored;
    fs::remove(pause, ignored);
    return LightModel::load(done);
  }

  void finish() const { fs::remove_all(folder_); }

 private:
  void run(const std::string& name, LightTrainer& trainer, const fs::path& pause) {
    const auto begin = std::chrono::steady_clock::now();
    auto saved = begin;
    losses_.clear();
    print_message("training " + name + ": " + std::to_string(trainer.steps()) + " steps");
    ProgressBar bar(static_cast<std::size_t>(trainer.steps()), "step");
    while (!trainer.done()) {
      const LightStep step = trainer.step();
      if (losses_.empty() || step.step == 0) losses_.push_back({std::string(step.network) + " " + std::to_string(losses_.size()), {}});
      losses_.back().losses.push_back(step.loss);
      bar.update(static_cast<std::size_t>(trainer.steps_done()), 0);
      if (const auto now = std::chrono::steady_clock::now(); now - saved > kBetweenSaves) {
        trainer.save(pause);
        saved = now;
      }
    }
    seconds_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }

  /// What lies in the folder is of use only to a training of the same data with the same options.
  void open_folder() const {
    std::error_code error;
    fs::create_directory(folder_, error);  // not its parents: a mistyped folder is an error
    if (error) throw Error(folder_.string(), ": ", error.message());
    const fs::path known = folder_ / "training.txt";
    const std::string own = identity();
    if (!fs::exists(known)) return write_file(known, own, Overwrite::kNo);
    std::ifstream file(known, std::ios::binary);
    if (std::string(std::istreambuf_iterator<char>(file), {}) != own)
      throw Error(folder_.string(), ": holds another training that was interrupted; remove it, or give its command again");
  }

  std::string identity() const {
    std::uint64_t pictures = 0;
    for (const tensor::Tensor& tensor : {set_.histograms, set_.facts, set_.target, set_.planes}) {
      const std::string_view bytes(reinterpret_cast<const char*>(tensor.data<float>()),
                                   static_cast<std::size_t>(tensor.count()) * sizeof(float));
      pictures = hash_of(bytes, pictures);
    }
    std::ifstream start(options_.start, std::ios::binary);
    const std::string weights(std::istreambuf_iterator<char>(start), {});
    const LightTraining& t = options_.training;
    return "seed " + std::to_string(t.seed) + "\nsteps " + std::to_string(t.color_steps) + " " + std::to_string(t.plane_steps) +
           "\nscenes " + std::to_string(set_.scenes) + " share " + std::to_string(t.scene_share) + "\npictures " +
           std::to_string(pictures) + "\nstart " + std::to_string(hash_of(weights)) + "\nfolds " + std::to_string(hash_of(folds())) + "\n";
  }

  std::string folds() const {
    std::string text;
    for (const LabelledStatistics& picture : pictures_)
      text += std::to_string(picture.fold) + "," + picture.group + "," + picture.sensor + "\n";
    return text;
  }

  const TrainOptions& options_;
  fs::path folder_;
  std::vector<LabelledStatistics> pictures_;
  std::size_t scenes_;              ///< so many of the last are synthetic
  std::vector<std::int64_t> kept_;  // before set_, which fills it
  LightSet set_;
  std::vector<LossCurve> losses_;  ///< of the last training
  double seconds_ = 0;             ///< it took
};

std::vector<LightSplit> splits_of(const std::string& kind, std::span<const LabelledStatistics> pictures) {
  std::vector<LightSplit> splits = kind == "folds" ? fold_splits(pictures) : sensor_splits(pictures, kEnoughPictures);
  if (splits.size() < (kind == "folds" ? 2U : 1U)) throw Error("--validate ", kind, ": the pictures have no parts of that kind");
  return splits;
}

/// What the kept-back parts say of the models and of the Bayesian estimator.
std::vector<BalanceGroup> judged(Training& training, const std::string& kind, std::span<const LightSplit> splits) {
  BalanceScores scores;
  int number = 0;
  for (const LightSplit& split : splits) {
    const auto model = training.train(kind + " " + std::to_string(number++), split.learn);
    BalanceScores more = split_scores(training.pictures(), split, model);
    std::move(more.begin(), more.end(), std::back_inserter(scores));
  }
  return groups_of(scores);
}

/// Set by set whether the product of all is better than the Bayesian estimator.
Comparisons comparisons_of(std::span<const BalanceGroup> groups) {
  Comparisons out;
  for (std::span<const BalanceGroup> set : sets_of(groups)) {
    const auto named = [&](std::string_view name) {
      return std::find_if(set.begin(), set.end(), [&](const BalanceGroup& g) { return g.sensor == "all" && g.estimator == name; });
    };
    if (named("bayes") != set.end()) out[set.front().set].push_back(compare(*named("fused"), *named("bayes")));
  }
  return out;
}

std::string unseen_table(std::span<const UnseenSensor> sensors) {
  std::string text = "sensor         in folds  left out  ratio   (fused, mean error)\n";
  for (const UnseenSensor& one : sensors) {
    char line[120];
    std::snprintf(line, sizeof line, "%-14.40s %8.1f  %8.1f  %5.2f\n", one.sensor.c_str(), one.in_folds, one.left_out,
                  one.left_out / one.in_folds);
    text += line;
  }
  return text;
}

double share_of_scenes(const TrainOptions& options) {
  return options.spectral.empty() ? 0 : options.folders.empty() ? 1 : options.training.scene_share;
}

std::string card(const TrainOptions& options, const Training& training, const std::vector<std::pair<std::string, std::string>>& tables,
                 std::uintmax_t bytes) {
  std::map<std::string, std::size_t> sensors;
  for (const LabelledStatistics& picture : training.pictures()) sensors[picture.sensor]++;
  LightModel model(0);
  std::int64_t weights = 0;
  for (const auto& [name, tensor] : tensor::state(model)) weights += tensor.count();
  std::string text = "# White balance: " + fs::path(options.out).filename().string() + "\n\n";
  text += "Networks over colors and zones (aaa/illuminants/light_model.h), " + std::to_string(weights) + " weights, " +
          std::to_string(bytes) + " bytes.\n\n## Data\n\n";
  for (const std::string& folder : options.folders) text += "- " + folder + "\n";
  if (!options.spectral.empty())
    text += "- " + std::to_string(options.scenes) + " synthetic scenes of the spectra in " + options.spectral + ": " +
            std::to_string(std::lround(100 * share_of_scenes(options))) + " % of what each step sees\n";
  text += "\n" + std::to_string(training.used()) + " used of " + std::to_string(training.pictures_and_scenes().size()) + ":";
  for (const auto& [sensor, count] : sensors) text += " " + sensor + " " + std::to_string(count);
  text += "\n\n## Training\n\nSeed " + std::to_string(options.training.seed) + "; " + std::to_string(options.training.color_steps) +
          " steps over colors, " + std::to_string(options.training.plane_steps) + " for each of " + std::to_string(LightModel::kPlaneNets) +
          " networks over zones; " + (options.start.empty() ? "from random weights" : "from " + options.start) + ". It took " +
          std::to_string(std::lround(training.seconds())) + " s on " + std::to_string(Context::current().threads()) +
          " threads. Cross-entropy at the last step:";
  for (const LossCurve& curve : training.losses()) text += " " + curve.name + " " + std::to_string(curve.losses.back());
  text += ".\n";
  for (const auto& [title, table] : tables) text += "\n## " + title + "\n\n```\n" + table + "```\n";
  return text;
}

int run_awb(const TrainOptions& options) {
  if (options.folders.empty() && options.spectral.empty()) throw UsageError("no DATA and no --spectral: there is nothing to learn from");
  const fs::path card_file = fs::path(options.out).replace_extension(".md");
  for (const fs::path& file : {fs::path(options.out), card_file, fs::path(options.plot)}) check_new(file, options.overwrite);
  if (!options.start.empty()) (void)LightModel::load(options.start);  // says now what is wrong with it
  Context context(options.threads > 0 ? options.threads : static_cast<int>(std::max(1U, std::thread::hardware_concurrency())));
  const ContextScope scope(context);
  Pictures pictures = load_pictures(options);
  Training training(options, std::move(pictures.all), pictures.scenes);
  if (training.used() == 0) throw Error("no picture that can be learned from");

  std::vector<std::pair<std::string, std::string>> tables;
  const auto tell = [&](std::string title, std::string table) {
    print_result(title + "\n" + table + "\n");
    tables.emplace_back(std::move(title), std::move(table));
  };
  std::map<std::string, std::vector<BalanceGroup>> groups;
  for (const std::string& kind : options.validate) {
    groups[kind] = judged(training, kind, splits_of(kind, training.pictures()));
    tell("Judged by pictures kept back: " + kind, balance_table(groups[kind], comparisons_of(groups[kind])));
  }
  if (groups.size() == 2)
    tell("Sensors that were not learned from", unseen_table(unseen_sensors(groups["folds"], groups["sensors"], "fused")));
  std::vector<std::int64_t> everything(training.pictures().size());
  for (std::size_t i = 0; i < everything.size(); i++) everything[i] = static_cast<std::int64_t>(i);
  const auto model = training.train("all", everything);
  model->save(options.out, {}, options.overwrite);
  write_file(card_file, card(options, training, tables, fs::file_size(options.out)), options.overwrite);
  if (!options.plot.empty()) write_file(options.plot, loss_plot(training.losses()), options.overwrite);
  training.finish();
  return pictures.bad > 0 ? 1 : 0;
}

}  // namespace

std::function<int()> add_train_command(CLI::App& app) {
  const auto options = std::make_shared<TrainOptions>();
  CLI::App* command = app.add_subcommand("train", "learn from pictures whose truth is known");
  command->require_subcommand(1);
  CLI::App* awb = command->add_subcommand("awb", "white balance");
  awb->add_option("data", options->folders, "folders of labelled pictures")->type_name("DATA");
  awb->add_option("--spectral", options->spectral, "folder of measured spectra: synthetic scenes are learned from, too")->type_name("DIR");
  awb->add_option("--scenes", options->scenes, "how many of them")->capture_default_str()->check(CLI::Range(1, 100'000));
  awb->add_option("--scene-share", options->training.scene_share, "of what a step sees, where there are pictures, too")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0));
  awb->add_option("--out", options->out, "the weights; their card goes beside them")->type_name("FILE.safetensors")->required();
  awb->add_option("--tunings", options->tunings, "Raspberry Pi tunings, SENSOR.json")->type_name("DIR")->allow_extra_args(false);
  awb->add_option("--folds", options->folds, "user,sensor,scene,group,fold")->type_name("CSV");
  awb->add_option("--validate", options->validate, "folds, sensors or both")->delimiter(',')->check(CLI::IsMember({"folds", "sensors"}));
  awb->add_option("--start", options->start, "weights to go on from")->type_name("FILE.safetensors");
  awb->add_option("--seed", options->training.seed, "of all that is random")->capture_default_str();
  awb->add_option("--color-steps", options->training.color_steps, "of the network over colors")
      ->capture_default_str()
      ->check(CLI::Range(1, 10'000'000));
  awb->add_option("--plane-steps", options->training.plane_steps, "of each network over zones")
      ->capture_default_str()
      ->check(CLI::Range(1, 10'000'000));
  awb->add_option("--threads", options->threads, "0: all of this machine's; the result is the same")->check(CLI::Range(0, 256));
  awb->add_option("--plot", options->plot, "the losses of the last training")->type_name("FILE.svg");
  awb->add_flag_callback(
      "--overwrite", [options] { options->overwrite = Overwrite::kYes; }, "replace --out, its card and --plot");
  awb->footer(kExamples);
  return [options] { return run_awb(*options); };
}

}  // namespace argent
