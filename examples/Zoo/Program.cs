using DeepGen.Zoo;

foreach (var network in Catalogue.All)
{
    Console.WriteLine(network.Name);
}
