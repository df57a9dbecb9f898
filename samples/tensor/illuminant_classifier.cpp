// Which kind of lamp shines? A network learns it from the spectra of the simulated camera's lights.
// Usage: tensor_illuminant_classifier [LOSS.svg]
#include <cstdio>

#include "camera/spectral/illuminants.h"
#include "models/runtime/output_file.h"
#include "models/tensor/layers/linear.h"
#include "models/tensor/ops.h"
#include "models/tensor/training/adam.h"
#include "samples/tensor/training_watch.h"

using namespace argent;
using namespace argent::tensor;

namespace {

constexpr std::int64_t kKinds = 4;  // bulb, daylight, tube, LED

/// A lamp with up to a tenth of another light, as a spectrometer sees it: 81 numbers of mean 1, with 2 % of noise.
Tensor lamp(std::int64_t kind, Generator& random) {
  const auto draw = [&](double low, double high) { return static_cast<float>(uniform(random, {}, low, high).item()); };
  const bool second = draw(0, 1) < 0.5F;
  Spectrum spectrum = kind == 0   ? planck(draw(2300, 3400))
                      : kind == 1 ? argent::daylight(draw(4500, 10'000))
                      : kind == 2 ? illuminant(second ? "FL11" : "FL2")
                                  : illuminant(second ? "LED-B5" : "LED-B1");
  Spectrum other = natural_light(draw(2500, 8000));
  const Tensor mixed = from_blob(spectrum.data(), {kSamples}) + from_blob(other.data(), {kSamples}) * draw(0, 0.1);
  return mixed / mean(mixed) * normal(random, {kSamples}, 1, 0.02);
}

/// `count` lamps, all kinds in turn, and their kinds.
TensorDataset lamps(std::int64_t count, Generator& random) {
  std::vector<Tensor> spectra;
  for (std::int64_t i = 0; i < count; i++) spectra.push_back(lamp(i % kKinds, random));
  return TensorDataset({stack(spectra, 0), remainder(arange(count), kKinds)});
}

}  // namespace

int main(int argc, char** argv) try {
  Generator random(1);
  const TensorDataset known = lamps(800, random), unknown = lamps(400, random);
  Sequential net(
      Linear(kSamples, 16, random), [](const Tensor& x) { return relu(x); }, Linear(16, kKinds, random));
  Adam adam(parameters(net));
  DataLoader loader(known, {.batch = 40});
  TrainingWatch watch;
  const auto loss = [&](const Batch& batch) { return cross_entropy(net(batch.tensors[0]), batch.tensors[1]); };
  train(loader, adam, loss, {.epochs = 10, .schedule = cosine(0.01, 200), .observer = &watch});
  if (argc > 1) write_file(argv[1], watch.loss_plot(), Overwrite::kYes);

  const Batch test = DataLoader(unknown, {.batch = unknown.size(), .shuffle = Shuffle::kNo}).next();
  const double right = mean(equal(argmax(net(test.tensors[0]), 1), test.tensors[1])).item();
  std::printf("%.1f %% of 400 other lamps are recognized (other temperatures and mixtures; tubes and LEDs of the same makes)\n",
              100 * right);
  return right > 0.97 ? 0 : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "tensor_illuminant_classifier: %s\n", error.what());
  return 1;
}
