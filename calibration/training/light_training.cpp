#include "calibration/training/light_training.h"

#include <algorithm>
#include <cmath>

#include "models/formats/safetensors.h"
#include "models/tensor/autograd.h"
#include "models/tensor/ops.h"

namespace argent {

using tensor::Dims, tensor::Generator, tensor::Tensor;

namespace {

constexpr double kLabelSigma = 10;                             // mired: labels of one scene are 11 to 15 apart
constexpr float kExcluded = -1e9f;                             // a score that no softmax sees
constexpr double kSmooth = 5e-3, kShrink = 1e-3;               // of the filter: neighbors alike, all small
constexpr double kDecay = 3e-4;                                // of the planes' weights
constexpr double kUnknownStrength = 0.15, kHiddenZones = 0.1;  // shares of pictures and zones whose strength, or all, is hidden in training
constexpr std::int64_t kShift = 4;                             // zones
constexpr double kLeastRate = 0.03;                            // of the first rate, at the end

double rate_at(double rate, std::int64_t step, std::int64_t steps) {
  return rate * (1 - static_cast<double>(step) / static_cast<double>(steps)) + kLeastRate * rate;
}

Tensor cross_entropy_to(const Tensor& scores, const LightSet& set) {
  return -mean(sum(set.target * log_softmax(scores + set.excluded, 1), {1}));
}

/// `strength` is the last two of the facts; hidden from some pictures, both become 0.
Tensor with_hidden_strength(const Tensor& facts, Generator& random) {
  Dims shape = Dims::filled(facts.rank(), 1);
  shape[0] = facts.size(0);
  const Tensor known = (uniform(random, shape) >= kUnknownStrength).to(DType::kF32);
  const int last = facts.rank() - 1;
  const std::int64_t all = facts.size(last);
  return tensor::concat({facts.slice(last, 0, all - 2), facts.slice(last, all - 2, all) * known}, last);
}

/// Of squared differences between neighboring cells of both tables.
Tensor roughness(const Tensor& filter) {
  const Tensor tables = filter.view({2, LightFeatures::kSide, LightFeatures::kSide});
  const auto along = [&](int axis) {
    return sum(square(tables.slice(axis, 1, LightFeatures::kSide) - tables.slice(axis, 0, LightFeatures::kSide - 1)));
  };
  return along(1) + along(2);
}

/// Mirrored or not, shifted by some zones around the border, some zones hidden: the light stays what it is.
Tensor augmented(Tensor planes, Generator& random) {
  if (uniform(random, {}).item() < 0.5) planes = flip(planes, {3});
  for (int axis : {2, 3}) planes = roll(planes, integers(random, {}, -kShift, kShift + 1).item_integer(), axis);
  const Tensor seen = uniform(random, {planes.size(0), 1, planes.size(2), planes.size(3)}) >= kHiddenZones;
  return planes * seen.to(DType::kF32);
}

}  // namespace

LightSet LightSet::rows(std::span<const std::int64_t> which) const {
  std::vector<double> numbers(which.begin(), which.end());
  const Tensor index = tensor::from_values(numbers, {static_cast<std::int64_t>(which.size())}, DType::kI64);
  LightSet set = *this;
  set.order = index_select(order, 0, index);
  set.scenes = std::count_if(which.begin(), which.end(), [&](std::int64_t row) { return row >= size() - scenes; });
  return set;
}

namespace {

/// The light's place on the camera's curve; 0: not known.
float label_of(const LabelledStatistics& picture) {
  if (picture.kelvin > 0) return 1e6f / picture.kelvin;
  if (!picture.light) return 0;
  const auto natural = cct_of_gains(picture.prior.curve, {std::exp(-(*picture.light)[0]), 1, std::exp(-(*picture.light)[1])});
  return natural ? 1e6f / natural->cct : 0;
}

}  // namespace

LightSet light_set(std::span<const LabelledStatistics> pictures, std::vector<std::int64_t>* kept, std::size_t scenes) {
  const auto most = static_cast<std::int64_t>(pictures.size());
  LightSet set{tensor::zeros({most, kLights, LightFeatures::kCells}),
               tensor::zeros({most, kLights, kLightFacts}),
               tensor::full({most, kLights}, kExcluded),
               tensor::zeros({most, kLights}),
               tensor::zeros({most, LightFeatures::kPlanes, LightFeatures::kGrid, LightFeatures::kGrid}),
               tensor::zeros({most, 2}),
               {},
               0};
  if (kept != nullptr) kept->clear();
  std::int64_t n = 0;
  LightFeatures f;
  for (std::size_t i = 0; i < pictures.size(); i++) {
    light_features(pictures[i].statistics, pictures[i].prior, f);
    if (f.candidates.empty() || !(f.evidence > 0) || !(label_of(pictures[i]) > 0)) continue;
    const std::int64_t row = n * kLights + f.first;
    const std::vector<float> histograms = histograms_of(f);
    std::copy(histograms.begin(), histograms.end(), set.histograms.mutable_data<float>() + row * LightFeatures::kCells);
    std::copy(f.planes.begin(), f.planes.end(), set.planes.mutable_data<float>() + n * static_cast<std::int64_t>(f.planes.size()));
    std::copy(f.strength.begin(), f.strength.end(), set.strength.mutable_data<float>() + 2 * n);
    const float label = std::clamp(label_of(pictures[i]), f.candidates.front().mired, f.candidates.back().mired);
    double sum = 0;
    std::vector<double> weights;
    for (const CurveCandidate& light : f.candidates) {
      const double z = (light.mired - label) / kLabelSigma;
      weights.push_back(std::exp(-z * z / 2));
      sum += weights.back();
    }
    for (std::size_t c = 0; c < weights.size(); c++) {
      const std::int64_t at = row + static_cast<std::int64_t>(c);
      const auto facts = facts_of(f.candidates[c].mired, f.strength);
      std::copy(facts.begin(), facts.end(), set.facts.mutable_data<float>() + at * kLightFacts);
      set.excluded.mutable_data<float>()[at] = 0;
      set.target.mutable_data<float>()[at] = static_cast<float>(weights[c] / sum);
    }
    if (kept != nullptr) kept->push_back(static_cast<std::int64_t>(i));
    set.scenes += i + scenes >= pictures.size();
    n++;
  }
  for (Tensor* tensor : {&set.histograms, &set.facts, &set.excluded, &set.target, &set.planes, &set.strength})
    *tensor = tensor->slice(0, 0, n);
  set.order = tensor::arange(n);
  return set;
}

LightTrainer::LightTrainer(LightModel& model, LightSet set, const LightTraining& options)
    : model_(model), set_(std::move(set)), options_(options), place_(tensor::zeros({3}, DType::kI64)) {
  if (set_.size() == 0) throw Error("no pictures to learn from");
  tensor::set_mode(model_, tensor::Mode::kTraining);
  place_.mutable_data<std::int64_t>()[2] = set_.size();
  begin(0);
}

std::int64_t LightTrainer::steps() const { return options_.color_steps + LightModel::kPlaneNets * options_.plane_steps; }

std::int64_t LightTrainer::steps_done() const {
  const std::int64_t stage = place_.data<std::int64_t>()[0], step = place_.data<std::int64_t>()[1];
  return stage == 0 ? step : options_.color_steps + (stage - 1) * options_.plane_steps + step;
}

void LightTrainer::begin(std::int64_t stage) {
  random_ = Generator(options_.seed + 1000 * static_cast<std::uint64_t>(stage));
  tensor::Module* net = &model_.colors();
  if (stage > 0) net = &model_.planes(static_cast<int>(stage) - 1);
  adam_ = std::make_unique<tensor::Adam>(tensor::parameters(*net));
}

/// Rows of the tensors, drawn anew: of scenes and pictures each their share.
Tensor LightTrainer::batch_of(std::int64_t count) {
  const std::int64_t pictures = set_.size() - set_.scenes;
  if (pictures == 0 || set_.scenes == 0) return index_select(set_.order, 0, integers(random_, {count}, 0, set_.size()));
  const std::int64_t scenes = std::llround(options_.scene_share * static_cast<double>(count));
  const auto drawn = [&](std::int64_t n, std::int64_t low, std::int64_t high) { return integers(random_, {n}, low, high); };
  const Tensor of_pictures = drawn(count - scenes, 0, pictures), of_scenes = drawn(scenes, pictures, set_.size());
  return index_select(set_.order, 0, tensor::concat({of_pictures, of_scenes}, 0));
}

Tensor LightTrainer::loss_of_colors() {
  // A small set whole; but of scenes and pictures each their share.
  const bool mixed = set_.scenes > 0 && set_.scenes < set_.size();
  const Tensor rows = mixed || set_.size() > options_.color_batch ? batch_of(options_.color_batch) : set_.order;
  const auto of = [&](const Tensor& x) { return index_select(x, 0, rows); };
  const LightSet batch{of(set_.histograms), of(set_.facts), of(set_.excluded), of(set_.target), {}, {}, {}, 0};
  return cross_entropy_to(model_.colors().forward(batch.histograms, with_hidden_strength(batch.facts, random_)), batch);
}

Tensor LightTrainer::loss_of_planes() {
  PlaneNet& net = model_.planes(static_cast<int>(place_.data<std::int64_t>()[0]) - 1);
  const Tensor rows = batch_of(std::min(options_.batch, set_.size()));
  const auto of = [&](const Tensor& x) { return index_select(x, 0, rows); };
  const LightSet batch{{}, {}, of(set_.excluded), of(set_.target), of(set_.planes), of(set_.strength), {}, 0};
  return cross_entropy_to(net.forward(augmented(batch.planes, random_), with_hidden_strength(batch.strength, random_)), batch);
}

LightStep LightTrainer::step() {
  std::int64_t* const place = place_.mutable_data<std::int64_t>();
  const bool colors = place[0] == 0;
  const std::int64_t steps = colors ? options_.color_steps : options_.plane_steps;
  LightStep report{colors ? "colors" : "planes", place[1], 0};
  adam_->set_learning_rate(rate_at(colors ? options_.color_rate : options_.plane_rate, place[1], steps));
  adam_->zero_gradients();
  const Tensor loss = colors ? loss_of_colors() : loss_of_planes();
  report.loss = loss.item();
  Tensor penalty;
  if (colors) {
    penalty = kSmooth * roughness(model_.colors().filter) + kShrink * sum(square(model_.colors().filter));
  } else {
    penalty = tensor::zeros({});
    for (const Tensor& weight : adam_->parameters()) penalty = penalty + kDecay * sum(square(weight));
  }
  (loss + penalty).backward();
  adam_->step();
  if (++place[1] == steps && place[0] < LightModel::kPlaneNets) {
    place[0]++, place[1] = 0;
    begin(place[0]);
  }
  if (done()) tensor::set_mode(model_, tensor::Mode::kEvaluation);
  return report;
}

std::vector<tensor::CheckpointPart> LightTrainer::parts() {
  std::vector<tensor::CheckpointPart> parts{{"trainer", *this}, {"model", model_}, {"optimizer", *adam_}, {"random", random_}};
  for (int i = 0; i < LightModel::kPlaneNets; i++) parts.emplace_back("noise" + std::to_string(i), model_.planes(i).noise);
  return parts;
}

void LightTrainer::save(const std::filesystem::path& path) { save_checkpoint(path, parts(), Overwrite::kYes); }

void LightTrainer::resume(const std::filesystem::path& path) {
  const tensor::NamedTensors tensors = tensor::read_safetensors(path).tensors;
  const auto found = tensors.find("trainer.place");
  const std::vector<double> place = found == tensors.end() ? std::vector<double>{} : found->second.values();
  if (place.size() != 3 || !(place[0] >= 0 && place[0] <= LightModel::kPlaneNets) || place[2] != static_cast<double>(set_.size()))
    throw Error(path.string(), ": is the checkpoint of another training");
  begin(static_cast<std::int64_t>(place[0]));
  load_checkpoint(path, parts());
  if (done()) tensor::set_mode(model_, tensor::Mode::kEvaluation);
}

}  // namespace argent
