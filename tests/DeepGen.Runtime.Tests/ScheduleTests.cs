namespace DeepGen.Runtime.Tests;

public class ScheduleTests
{
    private const float Rate = 0.05f;

    /// <summary>The schedules of the fixture, with the steps of an epoch.</summary>
    private static readonly Dictionary<string, (LearningRateSchedule Schedule, int StepsPerEpoch)> Schedules = new()
    {
        ["time_based"] = (LearningRateSchedule.TimeBased(0.04), 100),
        ["step"] = (LearningRateSchedule.Step(15, 0.5, Per.Step), 100),
        ["milestones"] = (LearningRateSchedule.Milestones([10, 40, 41, 90], 0.3, Per.Step), 100),
        ["exponential"] = (LearningRateSchedule.Exponential(0.97, Per.Step), 100),
        ["cosine"] = (LearningRateSchedule.Cosine(0.1), 100),
        ["cosine_restarts"] = (LearningRateSchedule.CosineRestarts(10, 2, 0.2, Per.Step), 100),
        ["warm_up_cosine"] = (LearningRateSchedule.Cosine().WarmUp(20, 0.1, Per.Step), 100),
        ["warm_up_step"] = (LearningRateSchedule.Step(30, 0.1, Per.Step).WarmUp(12, 0.25, Per.Step), 100),
        ["cosine_restarts_epochs"] = (LearningRateSchedule.CosineRestarts(3, 2), 8),
        ["exponential_epochs"] = (LearningRateSchedule.Exponential(0.8), 8),
        ["milestones_epochs"] = (LearningRateSchedule.Milestones([3, 7]), 8),
        ["plateau"] = (LearningRateSchedule.Constant.ReduceOnPlateau(0.5, 2, 0.01, cooldown: 1, minimum: 0.1), 1),
        ["plateau_highest"] = (LearningRateSchedule.Constant.ReduceOnPlateau(0.3, 3), 1),
    };

    public static TheoryData<string> Names => new(Schedules.Keys);

    [Theory, MemberData(nameof(Names))]
    public void Rates_and_what_they_make_of_parameters_are_PyTorchs(string name)
    {
        var (schedule, stepsPerEpoch) = Schedules[name];
        var highest = name == "plateau_highest";
        var watch = schedule.Plateau == null ? null : new PlateauWatch(schedule.Plateau, highest);
        var expected = OptimizerFixture.Tensor($"{name}.rates");
        var metric = OptimizerFixture.Tensor("metric");
        using var network = OptimizerFixture.Start();
        var optimizer = new Sgd(Rate, 0.9f);
        for (var step = 0; step < OptimizerFixture.Steps; step++)
        {
            optimizer.LearningRate = (float)(schedule.At(Rate, step, OptimizerFixture.Steps, stepsPerEpoch) * (watch?.Scale ?? 1));
            Assert.True(Math.Abs(expected[step] - optimizer.LearningRate) <= (1e-5 * expected[step]) + 1e-9, $"step {step}: {optimizer.LearningRate} instead of {expected[step]}");
            OptimizerFixture.SetGradients(network, step);
            network.Update(optimizer);
            watch?.Observe(highest ? -metric[step] : metric[step]);
        }

        OptimizerFixture.AssertNear(network, name, OptimizerFixture.Steps);
    }

    [Fact]
    public void Schedules_by_epoch_change_between_epochs_alone()
    {
        Assert.Equal([1f, 1, 1, 1 / 1.5f, 1 / 1.5f, 1 / 1.5f, 0.5f, 0.5f, 0.5f], Rates(LearningRateSchedule.TimeBased(0.5, Per.Epoch), 9, 3));
        Assert.Equal([1f, 1, 1, 0.75f, 0.75f, 0.75f, 0.25f, 0.25f, 0.25f], Rates(LearningRateSchedule.Cosine(0, Per.Epoch), 9, 3).Select(rate => MathF.Round(rate, 6)));
        Assert.Equal([1f, 1, 1, 1, 0.5f, 0.5f, 0.5f, 0.5f, 0.25f], Rates(LearningRateSchedule.Step(2, 0.5), 9, 2));
    }

    [Fact]
    public void A_rise_may_take_a_part_of_an_epoch_and_comes_before_what_follows()
    {
        // Half an epoch of 4 steps from a fifth, then milestones from there.
        Assert.Equal([0.2f, 0.6f, 1, 1, 1, 1, 0.1f, 0.1f], Rates(LearningRateSchedule.Milestones([1]).WarmUp(0.5, 0.2), 8, 4));
        Assert.Equal([0f, 1, 1], Rates(LearningRateSchedule.Constant.WarmUp(0.001, 0), 3, 3));

        // Longer than the training.
        Assert.Equal([0.5f, 0.75f], Rates(LearningRateSchedule.Cosine().WarmUp(2, 0.5, Per.Step), 2, 1));
    }

    [Fact]
    public void Combining_keeps_the_schedule_it_began_with()
    {
        var step = LearningRateSchedule.Step(1, 0.5);
        var both = step.ReduceOnPlateau(0.5).WarmUp(1);
        Assert.Null(step.Plateau);
        Assert.NotNull(both.Plateau);
        Assert.Equal([1f, 0.5f], Rates(step, 2, 1));
        Assert.Equal([0.1f, 1, 0.5f], Rates(both, 3, 1));
    }

    [Fact]
    public void A_watch_goes_on_from_its_state()
    {
        var plateau = LearningRateSchedule.Constant.ReduceOnPlateau(0.5, 2, 0.01, cooldown: 2).Plateau!;
        var metric = OptimizerFixture.Tensor("metric");
        var whole = new PlateauWatch(plateau, false);
        var scales = metric.Select(value =>
        {
            // A new watch for each epoch.
            var next = new PlateauWatch(plateau, false) { State = whole.State };
            whole.Observe(value);
            next.Observe(value);
            Assert.Equal(whole.State, next.State);
            return next.Scale;
        }).ToArray();
        Assert.True(scales.Distinct().Count() > 3);
    }

    [Fact]
    public void Numbers_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.TimeBased(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Step(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Step(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Exponential(double.NaN));
        Assert.Contains("got 3, 3", Assert.Throws<ArgumentException>(() => LearningRateSchedule.Milestones([3, 3])).Message);
        Assert.Throws<ArgumentException>(() => LearningRateSchedule.Milestones([0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Cosine(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.CosineRestarts(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.CosineRestarts(1, 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Constant.WarmUp(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Constant.WarmUp(1, -0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Constant.ReduceOnPlateau(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Constant.ReduceOnPlateau(0.1, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Constant.ReduceOnPlateau(0.1, 1, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Constant.At(1, -1, 1, 1));
    }

    private static IEnumerable<float> Rates(LearningRateSchedule schedule, int steps, int stepsPerEpoch) =>
        Enumerable.Range(0, steps).Select(step => schedule.At(1, step, steps, stepsPerEpoch));
}
