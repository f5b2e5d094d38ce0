class A
{
}
