#include "models/tensor/training/training_loop.h"

#include "models/tensor/training/gradient_clip.h"

namespace argent::tensor {

double train(DataLoader& loader, Optimizer& optimizer, const std::function<Tensor(const Batch&)>& loss, const TrainingOptions& options) {
  const std::vector<Tensor> parameters = optimizer.parameters();
  double total = 0, mean = 0;
  std::int64_t counted = 0;
  while (loader.epoch() < options.epochs) {
    const Batch batch = loader.next();
    StepReport report{.epoch = batch.epoch, .batch = batch.index, .batches = loader.batches()};
    report.step = batch.epoch * report.batches + batch.index;
    if (options.schedule) optimizer.set_learning_rate(options.schedule(report.step));
    report.learning_rate = optimizer.learning_rate();
    optimizer.zero_gradients();
    const Tensor value = loss(batch);
    value.backward();
    if (options.longest_gradient > 0) report.gradient_norm = clip_gradient_norm(parameters, options.longest_gradient).item();
    optimizer.step();
    report.loss = value.item();
    total += report.loss;
    counted++;
    if (options.observer != nullptr) options.observer->on_step(report);
    if (!batch.ends_epoch) continue;
    mean = total / static_cast<double>(counted);
    total = 0;
    counted = 0;
    if (options.observer != nullptr) options.observer->on_epoch({batch.epoch, mean});
  }
  return mean;
}

}  // namespace argent::tensor
