#include "calibration/tune/scene_objective.h"

#include <algorithm>
#include <limits>
#include <map>
#include <string_view>
#include <utility>

#include "aaa/illuminants/bayes.h"
#include "aaa/illuminants/learned.h"
#include "calibration/evaluation/balance_evaluation.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
constexpr int kNoFold = -1;

std::uint64_t fingerprint_of(const LabelledStatistics& scene) {
  const Statistics& s = scene.statistics;
  const auto zones = static_cast<std::size_t>(s.columns * s.rows);
  const std::string_view bytes(reinterpret_cast<const char*>(s.zones.data()), zones * sizeof(Statistics::Zone));
  return argent::fingerprint_of(bytes, argent::fingerprint_of(std::to_string(scene.kelvin) + " " + std::to_string(scene.lux)));
}

/// Priors by fold, each fitted to the scenes of the others.
std::map<int, SurfacePrior> priors_without(std::span<const LabelledStatistics> scenes) {
  const std::vector<FitSample> samples = fit_samples(scenes);
  std::map<int, SurfacePrior> out;
  for (int fold : folds_of(scenes)) {
    std::vector<const FitSample*> others;
    for (std::size_t i = 0; i < scenes.size(); i++) {
      if (scenes[i].fold >= 0 && scenes[i].fold != fold) others.push_back(&samples[i]);
    }
    if (others.empty()) throw Error("all labelled scenes are in one fold: no prior can be fitted without it");
    out[fold] = fit_surface_prior(others);
  }
  if (out.empty()) throw Error("no labelled scene has a fold: no prior can be fitted without it");
  return out;
}

class Scenes final : public TuneObjective {
 public:
  Scenes(std::vector<LabelledStatistics> scenes, SurfacePriors priors) : scenes_(std::move(scenes)) {
    if (priors == SurfacePriors::kLeaveFoldOut) priors_ = priors_without(scenes_);
    bool degrees = false, mired = false;
    for (const LabelledStatistics& scene : scenes_) {
      const std::string names = scene.user + " " + scene.sensor + " " + scene.scene;
      // A thumbnail of a set without groups stands for itself.
      const std::string own = scene.scene.empty() ? scene.set + " " + scene.file : names;
      cases_.push_back({scene.file, scene.group.empty() ? own : scene.group, fingerprint_of(scene)});
      (scene.light ? degrees : mired) = true;
    }
    if (degrees) add_terms("degrees", 0, mired ? " degrees" : "");
    if (mired) add_terms("mired", 1, degrees ? " mired" : "");
  }

  std::string name() const override { return "awb"; }
  const std::vector<TuneTerm>& terms() const override { return terms_; }
  const std::vector<TuneCase>& cases() const override { return cases_; }
  std::unique_ptr<TuneJudge> judge(const ControllerParams& params) const override { return std::make_unique<Judge>(*this, params); }

 private:
  class Judge final : public TuneJudge {
   public:
    Judge(const Scenes& objective, const ControllerParams& params) : objective_(objective), params_(params.white_balance) {}

    CaseResult measure(std::size_t index) override {
      const LabelledStatistics& scene = objective_.scenes_[index];
      std::unique_ptr<IlluminantEstimator>& estimator = estimators_[objective_.priors_.contains(scene.fold) ? scene.fold : kNoFold];
      if (!estimator) estimator = estimator_for(scene.fold);
      const BalanceScore score = score_of(scene, estimator->estimate(scene.statistics, scene.prior), params_.estimator);
      return {{scene.light ? score.error() : kNothing, scene.light ? kNothing : score.error()}, 1};
    }

   private:
    std::unique_ptr<IlluminantEstimator> estimator_for(int fold) const {
      const auto prior = objective_.priors_.find(fold);
      if (prior != objective_.priors_.end() && params_.estimator == "bayes") return make_bayes_with(prior->second, params_.fusion);
      if (prior != objective_.priors_.end() && params_.estimator == "fused") {
        return make_fused_with(params_.model ? params_.model : LightModel::built_in(), prior->second, Gate::kOn, params_.fusion);
      }
      return make_illuminant_estimator(params_.estimator, params_.model, params_.fusion);
    }

    const Scenes& objective_;
    AutoWhiteBalanceParams params_;
    std::map<int, std::unique_ptr<IlluminantEstimator>> estimators_;  // by fold
  };

  void add_terms(const char* unit, std::size_t measure, const std::string& suffix) {
    const double floor = measure == 0 ? 0.05 : 0.5;
    terms_.push_back({.name = "mean" + suffix, .unit = unit, .meaning = "error of the light", .measure = measure, .floor = floor});
    terms_.push_back({.name = "worst quarter" + suffix,
                      .unit = unit,
                      .meaning = "of the same",
                      .measure = measure,
                      .sum = TermSum::kWorstQuarter,
                      .floor = floor});
  }

  std::vector<LabelledStatistics> scenes_;
  std::map<int, SurfacePrior> priors_;
  std::vector<TuneCase> cases_;
  std::vector<TuneTerm> terms_;
};

}  // namespace

std::unique_ptr<TuneObjective> make_scene_objective(std::vector<LabelledStatistics> scenes, SurfacePriors priors) {
  return std::make_unique<Scenes>(std::move(scenes), priors);
}

}  // namespace argent
